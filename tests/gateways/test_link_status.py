"""Whether a cited page is still there, asked of a server of the test's own; and what is never asked for."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.core.content.references.links import LinkState
from pipeline.gateways.link_status import Way, is_public, status_of
from tests.gateways.test_smtp_login import Certificate

SITE = "https://127.0.0.1"


class Site(BaseHTTPRequestHandler):
    """What each path answers. It counts what it is asked for."""

    asked: list[str]
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.asked.append(f"HEAD {self.path}")
        self._answer()

    def do_GET(self) -> None:
        self.asked.append(f"GET {self.path}")
        self._answer()

    def _answer(self) -> None:
        path, _, place = self.path.removeprefix("/").partition("/")
        status = (
            200 if path == "no-head" and self.command == "GET" else 405 if path == "no-head" else int(path)
        )
        self.send_response(status)
        if place:
            self.send_header("Location", f"/{place}" if not place.startswith("to=") else place[3:])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a test prints no log."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Way, list[str]]]:
    certificate = Certificate(tmp_path)
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Ours", (Site,), {"asked": asked}))
    server.socket = certificate.server.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    way = Way(
        look_up=lambda host: ("127.0.0.1",) if host == "127.0.0.1" else ("10.0.0.1",),
        may_reach=lambda address: address == "127.0.0.1",
        port=server.server_address[1],
        trust=certificate.trusted,
    )
    yield way, asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_a_server_says_is_told_in_our_words(site: tuple[Way, list[str]]) -> None:
    way, asked = site
    states = {
        path: status_of(f"{SITE}/{path}", way) for path in ("200", "404", "410", "403", "503", "no-head")
    }
    assert {path: (answer.state, answer.status) for path, answer in states.items()} == {
        "200": (LinkState.LIVE, 200),
        "404": (LinkState.DEAD, 404),
        "410": (LinkState.DEAD, 410),
        "403": (LinkState.UNSURE, 403),
        "503": (LinkState.UNSURE, 503),
        "no-head": (LinkState.LIVE, 200),
    }
    assert asked[:3] == ["HEAD /200", "HEAD /404", "GET /404"]


def test_a_page_that_moved_for_good_is_told_with_its_new_address(site: tuple[Way, list[str]]) -> None:
    way, _ = site
    assert status_of(f"{SITE}/302/200", way).state is LinkState.LIVE
    moved = status_of(f"{SITE}/301/200", way)
    assert (moved.state, moved.at) == (LinkState.MOVED, f"{SITE}/200")
    assert status_of(f"{SITE}/301/404", way).state is LinkState.DEAD
    assert "on and on" in status_of(f"{SITE}/{'302/' * 6}302/200", way).why


def test_nothing_but_the_open_web_is_asked_for_whatever_leads_there(site: tuple[Way, list[str]]) -> None:
    way, asked = site
    for address in (
        "http://127.0.0.1/200",
        "https://127.0.0.1:8443/200",
        "https://ada:secret@127.0.0.1/200",
        "https://inside.example/200",
        "file:///etc/passwd",
        "https://[::1",
        "https:///200",
        "https://127.0.0.1:x/",
        "https://127.0.0.1/a\r\nHost: inside",
        "https://" + "a" * 300 + ".example/",
    ):
        assert status_of(address, way).state is LinkState.UNSURE, address
    assert asked == []
    assert "not of the open web" in status_of("https://inside.example/200", way).why
    for place in ("http://127.0.0.1/200", "https://inside.example/200", "file:///etc/passwd"):
        assert status_of(f"{SITE}/302/to={place}", way).state is LinkState.UNSURE, place
    assert [each for each in asked if "to=" not in each] == []
    assert "not of the open web" in status_of(f"{SITE}/302/to=https://inside.example/200", way).why


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "localhost", "",
    ],
)  # fmt: skip
def test_an_address_of_this_network_is_not_public(address: str) -> None:
    assert not is_public(address)
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1::1")


def test_a_name_that_does_not_exist_and_one_that_leads_inside_too_are_told_apart() -> None:
    nowhere = Way(look_up=lambda host: ())
    assert status_of("https://gone.example/", nowhere).state is LinkState.NO_HOST
    both = Way(look_up=lambda host: ("93.184.216.34", "10.0.0.1"))
    assert "not of the open web" in status_of("https://both.example/", both).why


def test_a_server_that_talks_for_ever_is_cut_off(tmp_path: Path) -> None:
    certificate = Certificate(tmp_path)
    over = threading.Event()
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Slow", (Site,), {"handle": lambda self: _drip(self, over)})
    ) as server:
        server.socket = certificate.server.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        way = Way(
            look_up=lambda host: ("127.0.0.1",),
            may_reach=lambda address: True,
            port=server.server_address[1],
            trust=certificate.trusted,
            seconds=0.4,
        )
        began = time.monotonic()
        answer = status_of(f"{SITE}/200", way)
        took = time.monotonic() - began
        over.set()
        server.shutdown()
        thread.join()
    assert (answer.state, took < 3) == (LinkState.UNSURE, True)
    assert "gave no answer" in answer.why


def _drip(site: Site, over: threading.Event) -> None:
    """A status line, and then a header that never ends."""
    try:
        site.request.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not over.wait(0.02):
            site.request.sendall(b"x")
    except OSError:
        return


def test_a_certificate_of_somebody_else_is_no_answer(site: tuple[Way, list[str]]) -> None:
    way, asked = site
    stranger = Way(way.look_up, way.may_reach, way.port, ssl.create_default_context())
    assert "certificate" in status_of(f"{SITE}/200", stranger).why
    assert asked == []
