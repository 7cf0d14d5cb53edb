"""Whether a cited page is still there, asked of a server of the test's own. What is never asked for: test_fetch.py."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from pipeline.core.content.origin import is_public
from pipeline.core.content.references.links import LinkState
from pipeline.gateways.link_status import status_of
from tests.public_site import Page, Site, public_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with public_site(tmp_path) as found:
        for status in (200, 403, 404, 410, 503):
            found.pages[f"/{status}"] = Page(b"words", status=status)
        yield found


def _knows_no_head(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(405 if handler.command == "HEAD" else 200)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def test_what_a_server_says_is_told_in_our_words(site: Site) -> None:
    site.pages["/no-head"] = Page(act=_knows_no_head)
    paths = ("/200", "/404", "/410", "/403", "/503", "/no-head")
    states = {path: status_of(site.url(path), site.outside()) for path in paths}
    assert {path: (answer.state, answer.status) for path, answer in states.items()} == {
        "/200": (LinkState.LIVE, 200),
        "/404": (LinkState.DEAD, 404),
        "/410": (LinkState.DEAD, 410),
        "/403": (LinkState.UNSURE, 403),
        "/503": (LinkState.UNSURE, 503),
        "/no-head": (LinkState.LIVE, 200),
    }
    assert [(method, path) for method, path, _ in site.asked][:3] == [
        ("HEAD", "/200"),
        ("HEAD", "/404"),
        ("GET", "/404"),
    ]


def test_a_page_that_moved_for_good_is_told_with_its_new_address(site: Site) -> None:
    for status in (301, 302):
        for target in ("200", "404"):
            site.pages[f"/{status}/{target}"] = Page(status=status, headers={"Location": f"/{target}"})
    world = site.outside()
    assert status_of(site.url("/302/200"), world).state is LinkState.LIVE
    moved = status_of(site.url("/301/200"), world)
    assert (moved.state, moved.at) == (LinkState.MOVED, site.url("/200"))
    assert status_of(site.url("/301/404"), world).state is LinkState.DEAD
    site.pages["/round"] = Page(status=302, headers={"Location": "/round"})
    assert "redirects more than" in status_of(site.url("/round"), world).why


@pytest.mark.holds("S-12")
def test_nothing_but_the_open_web_is_asked_for_whatever_leads_there(site: Site) -> None:
    inside = site.outside(resolve=lambda host: ["10.0.0.1"], allows=is_public)
    for address in (
        "http://press.test/200",
        "https://127.0.0.1/",
        "file:///etc/passwd",
        "https://[::1",
        "https:///x",
    ):
        answer = status_of(address, site.outside())
        assert answer.state is LinkState.UNSURE, address
        assert answer.why.startswith("was not asked for: "), answer.why
    assert "private network" in status_of(site.url("/200"), inside).why
    assert site.asked == []
    site.pages["/away"] = Page(status=302, headers={"Location": "https://169.254.169.254/"})
    assert "by its number" in status_of(site.url("/away"), site.outside()).why


def test_a_name_that_does_not_exist_and_a_silent_server_are_told_apart(site: Site) -> None:
    assert status_of(site.url("/200"), site.outside(resolve=lambda host: [])).state is LinkState.NO_HOST
    silent = status_of(site.url("/200"), site.outside(port=1, seconds=1.0))
    assert (silent.state, "gave no answer" in silent.why) == (LinkState.UNSURE, True)
