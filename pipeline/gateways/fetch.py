"""Fetches a page or a feed from a public address, and nothing from anywhere else (S-12).

The name is resolved once for each hop, every address that it has must be public, and the connection goes to the address
that was looked at: a name that answers otherwise the second time (DNS rebinding) gains nothing. A redirect is one more
address, looked at like the first. No cookies, no credentials, no proxy of the environment; a deadline for the whole,
also against a server that sends a byte now and then.
"""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from time import monotonic
from urllib.parse import urlsplit

from pipeline.core.content.importers.source import known_encoding
from pipeline.core.content.origin import Origin, is_public, origin_of
from pipeline.core.errors import BadInput, Unavailable
from pipeline.settings import current

HOPS = 4  # redirects that are followed
SECONDS = 20.0  # for the whole answer, redirects included
PATIENCE = 8.0  # seconds for one step: the name, the connection, a read
LARGEST = 8 * 1024 * 1024  # bytes after unpacking; a feed with a hundred whole articles has three
PAGES = frozenset(
    {
        "text/html",
        "application/xhtml+xml",
        "text/plain",
        "text/markdown",
        "text/x-markdown",
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
        "application/feed+json",
        "application/json",
    }
)
AGENT = "Rounds (newsletter software; reads one page at a time)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer with a body. `url` is the last address after redirects; `etag` and `modified` are for the next time."""

    url: str
    type: str
    body: bytes = field(repr=False)
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. `moved` is where a permanent redirect led, empty where there was none."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    moved: str = ""


class NoSuchSite(Unavailable):
    """No address belongs to the name of the host."""


def _resolve(host: str) -> Sequence[str]:
    """Empty where no host has the name; OSError where the name service does not answer."""
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)):
            return []
        raise
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Outside:
    """How the world is reached. A test brings its own resolver, addresses and certificates."""

    resolve: Callable[[str], Sequence[str]] = _resolve
    allows: Callable[[str], bool] = is_public
    trust: ssl.SSLContext | None = None
    port: int = 443
    seconds: float = SECONDS
    patience: float = PATIENCE
    proxy: str = ""  # of the network's edge: it is told an address and never a name


def the_world() -> Outside:
    """As the settings say."""
    return Outside(proxy=current().egress_proxy)


def fetch(
    url: str,
    *,
    types: frozenset[str] = PAGES,
    largest: int = LARGEST,
    etag: str = "",
    modified: str = "",
    outside: Outside | None = None,
) -> Fetched | None:
    """The page at `url`; None where it is what `etag` or `modified` stood for.

    Raises BadInput for an address, a type or a size that is refused, Unavailable where no good answer came.
    """
    asked = {"If-None-Match": etag, "If-Modified-Since": modified}
    answer = ask(url, largest=largest, headers={k: v for k, v in asked.items() if v}, outside=outside)
    if answer.status == 304:
        return None
    if answer.status != 200:
        raise Unavailable(f"{url}: the server answered {answer.status}{_why(answer.status)}")
    media = answer.headers.get("content-type", "")
    kind = media.partition(";")[0].strip().lower()
    if kind not in types:
        raise BadInput(
            f"This is {kind or 'of no named type'}, and no page or feed. Give the article's own address.",
            place=url,
        )
    body = (
        _in_utf8(answer.body, media) if kind.startswith("text/") or kind.endswith("html+xml") else answer.body
    )
    return Fetched(
        answer.url,
        kind,
        body,
        _for_next_time(answer.headers.get("etag", ""), 200),
        _for_next_time(answer.headers.get("last-modified", ""), 100),
    )


def ask(
    url: str,
    *,
    method: str = "GET",
    whole: bool = True,
    largest: int = LARGEST,
    headers: Mapping[str, str] | None = None,
    outside: Outside | None = None,
) -> Answer:
    """What the server at `url` says, redirects followed. Raises BadInput for an address that may not be asked or for
    an answer that is larger than `largest` bytes, Unavailable where nobody answers in time. Without `whole` the body is
    left where it is.
    """
    door = outside or the_world()
    end = monotonic() + door.seconds
    origin, moved = origin_of(url), ""
    for _ in range(HOPS + 1):
        answer = _one_hop(door, origin, method, largest if whole else 0, headers or {}, end)
        target = answer.headers.get("location", "")
        if answer.status not in (301, 302, 303, 307, 308) or not target:
            return Answer(origin.url, answer.status, answer.headers, answer.body, moved)
        origin = origin_of(target, base=origin.url)
        if answer.status in (301, 308):
            moved = origin.url
    raise Unavailable(f"{url}: the address redirects more than {HOPS} times. Give the one at the end.")


def _one_hop(
    door: Outside, origin: Origin, method: str, largest: int, headers: Mapping[str, str], end: float
) -> Answer:
    place = origin.url
    address = _public_address(door, origin.host, place)
    late = f"{place}: the server took more than {door.seconds:.0f} s. Try again later."
    try:
        with _connected(door, address, origin.host, end) as connection:
            connection.request(method, origin.target, headers={**_HEADERS, **headers})
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            body = b"" if method == "HEAD" or not largest else _body(response, told, largest, place)
    except (HTTPException, OSError, zlib.error) as error:
        # A socket that the deadline shut looks like a server that hung up.
        raise Unavailable(late if monotonic() >= end else f"{place}: {_in_words(error)}") from error
    if monotonic() >= end:
        raise Unavailable(late)  # the deadline cut it, and a head that is cut off still reads like one
    return Answer(place, response.status, told, body)


_HEADERS = {
    "User-Agent": AGENT,
    "Accept": "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, */*;q=0.5",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}


def _public_address(door: Outside, host: str, place: str) -> str:
    """One address of the host, if every one that it has is public."""
    asking = ThreadPoolExecutor(
        1, thread_name_prefix="resolve"
    )  # the resolver of the system knows no deadline
    try:
        found = asking.submit(door.resolve, host).result(timeout=door.patience)
    except TimeoutError as error:
        raise Unavailable(f"{place}: the name of the site was not found in time. Try again later.") from error
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"{place}: the name service did not answer. Try again later.") from error
    finally:
        asking.shutdown(wait=False)
    if not found:
        raise NoSuchSite(f"{place}: there is no site of this name. Look for a slip in it.")
    if not all(map(door.allows, found)):
        raise BadInput(
            "The name leads into a private network. Articles are read from public sites.", place=place
        )
    return next((address for address in found if ":" not in address), found[0])


@contextmanager
def _connected(door: Outside, address: str, host: str, end: float) -> Iterator[HTTPConnection]:
    """A connection to `address` whose certificate is `host`'s. It is shut when `end` comes, whatever it is doing."""
    context = door.trust or ssl.create_default_context()
    with socket_to(door, address) as plain:
        secure = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        alarm = Timer(max(0.0, end - monotonic()), _shut, [secure])
        alarm.daemon = True
        alarm.start()
        try:
            secure.do_handshake()
            connection = HTTPConnection(host, timeout=door.patience)
            connection.sock = secure
            yield connection
        finally:
            alarm.cancel()
            secure.close()


@contextmanager
def socket_to(door: Outside, address: str) -> Iterator[socket.socket]:
    """A connected socket, through the proxy if there is one, which is told the address and never the name."""
    if not door.proxy:
        with socket.create_connection((address, door.port), timeout=door.patience) as plain:
            yield plain
        return
    parts = urlsplit(door.proxy)
    tunnel = HTTPConnection(parts.hostname or "", parts.port or 3128, timeout=door.patience)
    tunnel.set_tunnel(address, door.port)
    try:
        tunnel.connect()
        yield tunnel.sock
    finally:
        tunnel.close()


def _shut(secure: ssl.SSLSocket) -> None:
    with suppress(OSError):
        secure.shutdown(socket.SHUT_RDWR)


def _body(response: HTTPResponse, told: Mapping[str, str], largest: int, place: str) -> bytes:
    """The body unpacked, never more than `largest` bytes of it in memory."""
    coding = told.get("content-encoding", "identity").strip().lower()
    if coding not in ("gzip", "x-gzip", "identity", ""):
        raise Unavailable(
            f"{place}: the server packed its answer as {coding[:20]!r}, which was not asked for."
        )
    unpack = zlib.decompressobj(wbits=31) if "gzip" in coding else None
    pieces: list[bytes] = []
    room = largest
    while piece := response.read1(64 * 1024):
        plain = unpack.decompress(piece, room + 1) if unpack else piece
        room -= len(plain)
        if room < 0:
            size = f"{largest // (1024 * 1024)} MB" if largest >= 1024 * 1024 else f"{largest} bytes"
            raise BadInput(f"The answer is larger than {size}. Give the article's own address.", place=place)
        pieces.append(plain)
    if response.length:  # what Content-Length promised and nobody sent
        raise HTTPException("the answer broke off")
    return b"".join(pieces)


def _in_utf8(body: bytes, media: str) -> bytes:
    """What the server says of the letters goes before what the page says (HTML, 13.2.3.2), a mark before both."""
    charset = known_encoding(_charset(media))
    if not charset or body.startswith(b"\xef\xbb\xbf"):
        return body
    try:
        return b"\xef\xbb\xbf" + body.decode(charset).encode()
    except UnicodeDecodeError:
        return body  # the reader says what is wrong, with the line


def _for_next_time(value: str, longest: int) -> str:
    """A value that may go back into a header, or nothing: half of one would stand for another answer."""
    return value if len(value) <= longest and value.isascii() and value.isprintable() else ""


def _charset(media: str) -> str:
    for part in media.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'")[:40]
    return ""


def _why(status: int) -> str:
    if status in (401, 402, 403):
        return ": it keeps the page from programs. Save the page as a file and import that."
    if status in (404, 410):
        return ": there is no such page. Look for a slip in the address."
    if status == 429 or status >= 500:
        return ". Try again later."
    return ", and no page. Open the address in a browser and take the one you end at."


def _in_words(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the certificate of the site is not good, so that nobody knows whose page this is."
    if isinstance(error, TimeoutError):
        return "the server did not answer in time. Try again later."
    if isinstance(error, ConnectionRefusedError):
        return "the server takes no connection. Try again later."
    return "the server hung up before its answer was whole. Try again later."
