"""Asks whether the page of a reference is still there, and lets no address lead anywhere but the open web.

Only https on its own port, and only hosts of which every address is public: what was looked up is what is connected to,
so that a name cannot change its mind in between. A redirect is judged like the address that it came from. HEAD is asked
first, and GET where a server does not know it. Ten seconds are all that a page gets. The guard is that of S-12: where
pages are fetched too, it belongs in one place with theirs.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import pipeline
from pipeline.core.content.references import identifiers
from pipeline.core.content.references.links import LinkAnswer, LinkState, of_status

SECONDS = 10.0  # for one address with all its redirects
MOST_REDIRECTS = 5
HTTPS = 443

_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))
_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)
_HEADERS = {
    "User-Agent": f"Rounds/{pipeline.__version__} (looks whether a cited page is still there)",
    "Accept": "*/*",
    "Connection": "close",
}


def is_public(address: str) -> bool:
    """Whether an IP address is on the open web: not ours, not of this network, not one in the clothes of another."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if any(ip in network for network in _TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast


def looked_up(host: str) -> tuple[str, ...]:
    """The addresses of a host, empty if there is no such host. OSError where the name service does not answer."""
    try:
        found = socket.getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)):
            return ()
        raise
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Way:
    """How the web is reached. The defaults are the only ones outside tests, which have a server of their own."""

    look_up: Callable[[str], tuple[str, ...]] = looked_up
    may_reach: Callable[[str], bool] = is_public
    port: int = HTTPS
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS


def status_of(url: str, way: Way | None = None) -> LinkAnswer:
    """What became of asking for `url`. Nothing is raised: what goes wrong is an answer."""
    way = way or Way()
    until = time.monotonic() + way.seconds
    at, moved = url, False
    for _ in range(MOST_REDIRECTS + 1):
        if fault := _refusal(at, url):
            return LinkAnswer(LinkState.UNSURE, fault)
        try:
            status, location = _asked(at, way, until)
        except _NoSuchHostError:
            return LinkAnswer(LinkState.NO_HOST, "is at a host that does not exist")
        except _NotPublicError:
            return LinkAnswer(
                LinkState.UNSURE, "leads to an address that is not of the open web, and was not asked for"
            )
        except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
            return LinkAnswer(LinkState.UNSURE, _in_words(error, until))
        if status not in _REDIRECTS or not location:
            return _answer(url, at, status, moved)
        moved = moved or status in _PERMANENT
        at = urljoin(at, location)
    return LinkAnswer(LinkState.UNSURE, f"leads on and on, more than {MOST_REDIRECTS} times")


class _NoSuchHostError(Exception):
    pass


class _NotPublicError(Exception):
    pass


def _answer(url: str, at: str, status: int, moved: bool) -> LinkAnswer:
    state, why = of_status(status)
    if state is LinkState.LIVE and moved and identifiers.address_key(at) != identifiers.address_key(url):
        return LinkAnswer(LinkState.MOVED, f"has moved to {at[:200]}", status, at)
    return LinkAnswer(state, why, status, at)


def _refusal(at: str, first: str) -> str:
    """Why an address is not asked for, as the end of a sentence; empty if it is."""
    leads = "is" if at == first else "leads to one that is"
    try:
        split = urlsplit(at)
        port = split.port
    except ValueError:
        return f"{leads} no address"
    if split.scheme != "https" or not split.hostname:
        return f"{leads} not https, and was not asked for"
    if port not in (None, HTTPS) or split.username or split.password:
        return f"{leads} one with a port or a name of its own, and was not asked for"
    return ""


def _asked(url: str, way: Way, until: float) -> tuple[int, str]:
    """The status of `url` and where it redirects to."""
    status, location = _exchange("HEAD", url, way, until)
    if status >= 400:  # some servers answer HEAD as they please
        status, location = _exchange("GET", url, way, until)
    return status, location


def _exchange(method: str, url: str, way: Way, until: float) -> tuple[int, str]:
    split = urlsplit(url)
    host = (split.hostname or "").encode("idna").decode()
    addresses = way.look_up(host)
    if not addresses:
        raise _NoSuchHostError
    if not all(way.may_reach(address) for address in addresses):
        raise _NotPublicError
    path = (split.path or "/") + (f"?{split.query}" if split.query else "")
    with _connected(addresses[0], host, way, until) as channel:
        asking = http.client.HTTPConnection(host, timeout=_left(until))
        asking.sock = channel
        asking.request(method, path.encode("ascii", "strict").decode(), headers=_HEADERS | {"Host": host})
        reply = asking.getresponse()
        _left(until)  # a channel that was cut ends a header early, and that is no answer
        return reply.status, reply.getheader("Location") or ""


@contextmanager
def _connected(address: str, host: str, way: Way, until: float) -> Iterator[ssl.SSLSocket]:
    """A channel to this very address, which is cut when the time is over, however slowly the other side talks."""
    with socket.create_connection((address, way.port), timeout=_left(until)) as plain:
        cut = threading.Timer(_left(until), _cut, (plain,))
        cut.daemon = True
        cut.start()
        try:
            with way.trust.wrap_socket(plain, server_hostname=host) as channel:
                watched = threading.Timer(_left(until), _cut, (channel,))
                watched.daemon = True
                watched.start()
                try:
                    yield channel
                finally:
                    watched.cancel()
        finally:
            cut.cancel()


def _cut(channel: socket.socket) -> None:
    try:
        channel.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _in_words(error: Exception, until: float) -> str:
    if isinstance(error, TimeoutError) or time.monotonic() >= until:
        return f"gave no answer in {SECONDS:.0f} seconds. Try again later"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "has a certificate that is not good. Open it and see"
    return "could not be reached. Try again later"
