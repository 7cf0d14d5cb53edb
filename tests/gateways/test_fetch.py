"""S-12: articles are fetched from public sites alone, whatever a name, a redirect or a server may try."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from pipeline.core.content.origin import is_public
from pipeline.core.errors import BadInput, Unavailable
from pipeline.gateways.fetch import ask, fetch
from tests.public_site import HOST, Page, Site, public_site

PAGE = "<p>Pollen é</p>".encode()

pytestmark = pytest.mark.holds("S-12")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with public_site(tmp_path) as found:
        yield found


def test_a_page_is_fetched_without_cookie_or_credentials(site: Site) -> None:
    site.pages["/a?b=1"] = Page(
        PAGE, headers={"ETag": '"1"', "Last-Modified": "Sun, 29 Nov 2026 10:00:00 GMT"}
    )
    found = fetch(site.url("/a?b=1"), outside=site.outside())
    assert found
    assert (found.body.removeprefix(b"\xef\xbb\xbf"), found.type) == (PAGE, "text/html")
    assert (found.etag, found.modified) == ('"1"', "Sun, 29 Nov 2026 10:00:00 GMT")
    method, _, headers = site.asked[0]
    assert method == "GET"
    assert headers["host"] == HOST
    assert not {"cookie", "authorization", "referer", "proxy-authorization"} & set(headers)


def test_what_has_not_changed_is_not_sent_again(site: Site) -> None:
    site.pages["/feed"] = Page(status=304)
    assert fetch(site.url("/feed"), etag='"1"', modified="Sun", outside=site.outside()) is None
    assert site.asked[0][2]["if-none-match"] == '"1"'
    assert site.asked[0][2]["if-modified-since"] == "Sun"


def test_letters_are_read_as_the_server_says(site: Site) -> None:
    site.pages["/a"] = Page("<p>é</p>".encode("cp1252"), type='text/html; charset="windows-1252"')
    found = fetch(site.url("/a"), outside=site.outside())
    assert found
    assert found.body.decode("utf-8-sig") == "<p>é</p>"


def test_a_name_that_leads_into_a_private_network_is_not_asked(site: Site) -> None:
    site.pages["/a"] = Page(PAGE)
    for addresses in (["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]):
        with pytest.raises(BadInput, match="private network"):
            fetch(site.url("/a"), outside=site.outside(resolve=lambda host, a=addresses: a, allows=is_public))
    assert not site.asked


def test_a_name_that_answers_otherwise_the_second_time_gains_nothing(site: Site) -> None:
    """DNS rebinding: the address that was looked at is the one that is asked, and nobody resolves again."""
    site.pages["/a"] = Page(PAGE)
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    fetch(site.url("/a"), outside=site.outside(resolve=lambda host: next(answers)))
    assert len(site.asked) == 1
    assert next(answers) == ["169.254.169.254"]


def test_a_redirect_is_looked_at_like_a_first_address(site: Site) -> None:
    site.pages["/a"] = Page(status=301, headers={"Location": "/b"})
    site.pages["/b"] = Page(PAGE)
    found = fetch(site.url("/a"), outside=site.outside())
    assert found
    assert found.url == site.url("/b")
    assert ask(site.url("/a"), outside=site.outside()).moved == site.url("/b")
    for target, why in (
        ("http://press.test/", "https"),
        ("https://169.254.169.254/latest/", "number"),
        ("https://press.test:22/", "port"),
        ("file:///etc/passwd", "https"),
        ("https://metadata.google.internal/", "private"),
    ):
        site.pages["/a"] = Page(status=302, headers={"Location": target})
        with pytest.raises(BadInput, match=why):
            fetch(site.url("/a"), outside=site.outside())


def test_a_redirect_to_a_name_inside_is_refused_where_the_name_leads(site: Site) -> None:
    site.pages["/a"] = Page(status=302, headers={"Location": "https://inside.test/"})
    private = {"inside.test": ["10.0.0.1"]}
    world = site.outside(
        resolve=lambda host: private.get(host, ["127.0.0.1"]),
        allows=lambda address: not address.startswith("10."),
    )
    with pytest.raises(BadInput, match=r"inside\.test.*private network"):
        fetch(site.url("/a"), outside=world)


def test_redirects_that_never_end_are_left(site: Site) -> None:
    site.pages["/a"] = Page(status=302, headers={"Location": "/a"})
    with pytest.raises(Unavailable, match="redirects more than 4 times"):
        fetch(site.url("/a"), outside=site.outside())
    assert len(site.asked) == 5


def test_a_certificate_of_somebody_else_is_refused(site: Site) -> None:
    site.pages["/a"] = Page(PAGE)
    with pytest.raises(Unavailable, match="certificate"):
        fetch("https://other.test/a", outside=site.outside())
    with pytest.raises(Unavailable, match="certificate"):
        fetch(site.url("/a"), outside=site.outside(trust=None))
    assert not site.asked


def test_no_more_than_the_limit_is_read_however_it_is_packed(site: Site) -> None:
    site.pages["/big"] = Page(b"a" * 200_000)
    bomb = gzip.compress(bytes(50_000_000))
    site.pages["/bomb"] = Page(bomb, headers={"Content-Encoding": "gzip"})
    site.pages["/packed"] = Page(gzip.compress(PAGE), headers={"Content-Encoding": "gzip"})
    site.pages["/odd"] = Page(PAGE, headers={"Content-Encoding": "br"})
    for path in ("/big", "/bomb"):
        with pytest.raises(BadInput, match="larger than 100000 bytes"):
            fetch(site.url(path), largest=100_000, outside=site.outside())
    found = fetch(site.url("/packed"), outside=site.outside())
    assert found
    assert found.body.decode("utf-8-sig") == PAGE.decode()
    with pytest.raises(Unavailable, match="packed"):
        fetch(site.url("/odd"), outside=site.outside())


def test_what_is_no_page_is_refused_by_its_type(site: Site) -> None:
    site.pages["/a"] = Page(b"%PDF-1.7", type="application/pdf")
    with pytest.raises(BadInput, match="application/pdf"):
        fetch(site.url("/a"), outside=site.outside())


@pytest.mark.parametrize(
    ("status", "next_move"), [(403, "Save the page"), (404, "slip"), (503, "later"), (204, "browser")]
)
def test_an_answer_that_is_no_page_says_what_to_do(site: Site, status: int, next_move: str) -> None:
    site.pages["/a"] = Page(status=status)
    with pytest.raises(Unavailable, match=f"{status}.*{next_move}"):
        fetch(site.url("/a"), outside=site.outside())


def test_a_server_that_drips_is_cut_off_at_the_deadline(site: Site) -> None:
    """Each byte comes in time for a read; the whole never does."""
    gone = threading.Event()

    def drip(handler: BaseHTTPRequestHandler, *, in_head: bool) -> None:
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\n" + (b"X: " if in_head else b"Content-Type: text/html\r\n\r\n")
        )
        try:
            while not gone.wait(0.05):
                handler.wfile.write(b"a")
                handler.wfile.flush()
        except OSError:
            gone.set()

    for in_head in (True, False):
        gone.clear()
        site.pages["/slow"] = Page(act=lambda handler, where=in_head: drip(handler, in_head=where))
        began = time.monotonic()
        with pytest.raises(Unavailable, match="took more than"):
            fetch(site.url("/slow"), outside=site.outside(seconds=0.4))
        assert gone.wait(2)
        assert time.monotonic() - began < 2


def test_a_handshake_that_never_ends_is_cut_off_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, public_site(tmp_path) as site:
        world = site.outside(port=silent.getsockname()[1], seconds=0.3)
        with pytest.raises(Unavailable, match="server took more than"):
            fetch(site.url("/a"), outside=world)


def test_an_answer_that_breaks_off_is_no_page(site: Site) -> None:
    site.pages["/a"] = Page(PAGE, headers={"Content-Length": "5000"})
    with pytest.raises(Unavailable, match="hung up"):
        fetch(site.url("/a"), outside=site.outside())


def test_a_name_that_nobody_knows_and_one_that_takes_for_ever_are_told_apart(site: Site) -> None:
    def silent(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    def slow(host: str) -> list[str]:
        time.sleep(0.3)
        return []

    with pytest.raises(Unavailable, match="no site of this name"):
        fetch(site.url("/a"), outside=site.outside(resolve=lambda host: []))
    with pytest.raises(Unavailable, match="name service"):
        fetch(site.url("/a"), outside=site.outside(resolve=silent))
    with pytest.raises(Unavailable, match="not found in time"):
        fetch(site.url("/a"), outside=site.outside(resolve=slow, patience=0.05))


def test_a_proxy_is_told_the_address_that_was_looked_at_and_never_a_name(site: Site) -> None:
    site.pages["/a"] = Page(PAGE)
    told: list[bytes] = []

    def proxy(listening: socket.socket) -> None:
        client, _ = listening.accept()
        told.append(client.recv(4096))
        server = socket.create_connection(("127.0.0.1", site.port))
        client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        both = [(client, server), (server, client)]
        threads = [threading.Thread(target=_pass, args=pair, daemon=True) for pair in both]
        for thread in threads:
            thread.start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=proxy, args=(listening,), daemon=True).start()
        door = f"http://127.0.0.1:{listening.getsockname()[1]}"
        found = fetch(site.url("/a"), outside=site.outside(proxy=door))
    assert found
    assert told[0].startswith(f"CONNECT 127.0.0.1:{site.port} ".encode())
    assert HOST.encode() not in told[0]


def _pass(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
    except OSError:
        pass
    target.close()


@pytest.mark.parametrize("charset", ["punycode", "undefined", "utf-7", "unicode_escape", "base64", "no-such"])
def test_an_encoding_that_no_page_is_written_in_is_left_to_the_reader(site: Site, charset: str) -> None:
    """Some of Python's take time by the square of the length, and some raise what nobody expects."""
    site.pages["/a"] = Page(b"a-" * 200_000, type=f"text/html; charset={charset}")
    found = fetch(site.url("/a"), outside=site.outside(seconds=5))
    assert found
    assert found.body == b"a-" * 200_000


def test_what_may_not_go_back_into_a_header_is_not_remembered(site: Site) -> None:
    site.pages["/a"] = Page(PAGE, headers={"ETag": '"' + "a" * 300 + '"', "Last-Modified": "\u00e9"})
    found = fetch(site.url("/a"), outside=site.outside())
    assert found
    assert (found.etag, found.modified) == ("", "")
