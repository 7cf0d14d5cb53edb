"""Every page of the site with real data in it: axe finds nothing, a keyboard reaches everything, no script is needed.

WCAG 2.2 level AA, which EN 301 549 and with it the European Accessibility Act ask for. What is no page is named in
`every_page.py` with its reason, so that no page is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tests.web.browser import chromium, served, shared_connection
from tests.web.every_page import MISSING, NO_PAGES, PAGES, Page
from tests.web.full_house import filled, settled

LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = {"width": 320, "height": 844}, {"width": 1280, "height": 900}
BY_COLOUR = ["color-contrast", "link-in-text-block"]
ALL = [page for pages in PAGES.values() for page in pages]


def names(patterns, inside: str = "") -> Iterator[str]:
    """The name of every path of the site, and of one without a name what it calls."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns)
        elif isinstance(each, URLPattern):
            yield each.name or f"{each.callback.__module__}.{each.callback.__name__}"


def test_every_path_of_the_site_is_a_page_that_is_opened_here_or_is_said_to_be_none():
    every = set(names(get_resolver().url_patterns))
    assert every - set(PAGES) - set(NO_PAGES) == set(), "add it to tests/web/every_page.py"
    assert (set(PAGES) | set(NO_PAGES)) - every == set(), "the site has no such path any more"
    assert set(PAGES) & set(NO_PAGES) == set()


@dataclass
class House:
    """The site, full of people, and a browser."""

    address: str
    browser: object
    words: dict[str, str]

    def window(self, page: Page, **context: object):
        """A window that is signed in as the page asks for."""
        opened = self.browser.new_context(reduced_motion="reduce", **context)
        if key := self.words.get(page.session):
            opened.add_cookies([{"name": "sessionid", "value": key, "url": self.address}])
        return opened.new_page()

    def visits(self, told: Callable[[str], None] = lambda said: None, **context: object):
        """Every page in turn, by its path, in one window for each session. `told` hears what a browser complains of:
        what it was not allowed to do or could not load, and a cookie on a page that needs none.
        """
        windows: dict[str, object] = {}
        for page in ALL:
            if page.session not in windows:
                window = windows[page.session] = self.window(page, **context)
                window.on("console", lambda said: MISSING in said.location["url"] or told(said.text))
                window.on("requestfailed", lambda asked: told(f"{asked.url} did not load"))
            window = windows[page.session]
            path = page.path.format(**self.words)
            answer = window.goto(self.address + path)
            assert answer.ok or path == MISSING, (path, answer.status)
            assert window.url == self.address + path, f"{path} led elsewhere"
            yield path, window
        for session, window in windows.items():
            if not session and window.context.cookies(self.address + "/"):
                told("a cookie where nobody signs in")
            window.context.close()


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[House]:
    """One load of data, one server and one browser for all tests of this file, in a transaction that is undone."""
    from pipeline.settings import current

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        settled(patch, tmp_path_factory.mktemp("lists"))
        with transaction.atomic():
            words = filled()
            patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
            with shared_connection() as shared, served(shared) as address, chromium(shared) as browser:
                yield House(address, browser, words)
            connections["default"] = shared
            transaction.set_rollback(True)
    current.cache_clear()


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.holds("A-01")
def test_axe_finds_nothing_and_nothing_sticks_out_on_a_phone_in_the_dark_and_on_a_desk_in_the_light(house):
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), []
    whole = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": TAGS}}
    colours = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": BY_COLOUR}}
    for path, window in house.visits(viewport=PHONE, color_scheme="dark"):
        window.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found += faults(path, axe.run(window, options=whole).response)
        window.evaluate(LOOKS)
        found += [f"{path}: {each}" for each in window.evaluate("looks.sizes()")]
        window.set_viewport_size(DESK)
        found += [f"{path}, on a desk: {each}" for each in window.evaluate("looks.sizes()")]
        window.emulate_media(color_scheme="light")
        found += faults(path, window.evaluate("options => axe.run(options)", colours))
        window.set_viewport_size(PHONE)
        window.emulate_media(color_scheme="dark")
    assert not found, "\n".join(found)


def faults(path: str, answer) -> list[str]:
    return [
        f"{path}: {one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in answer["violations"]
        for node in one["nodes"][:3]
    ]


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.holds("A-01")
def test_tab_reaches_everything_that_can_be_pressed_and_shows_where_it_is(house):
    found = []
    for path, window in house.visits(viewport=PHONE, color_scheme="dark"):
        window.evaluate(LOOKS)
        window.evaluate("looks.watch()")
        presses, most = 0, 3 * window.evaluate("looks.count()") + 40
        while (left := window.evaluate("looks.missing()")) and presses < most:
            for _ in range(len(left) + 1):
                window.keyboard.press("Tab")
            presses += len(left) + 1
        found += [f"{path}: Tab never reaches {each}" for each in left]
        found += [f"{path}: {each}" for each in window.evaluate("[...looks.faults(), ...looks.boxes()]")]
        window.emulate_media(color_scheme="light")
        found += [f"{path}, in the light: {each}" for each in window.evaluate("looks.rings()")]
        window.emulate_media(color_scheme="dark")
    assert not found, "\n".join(found)


@pytest.mark.browser
@pytest.mark.django_db
@pytest.mark.holds("A-01")
def test_without_a_script_every_page_says_what_it_says_and_every_form_can_be_sent(house):
    found = []
    for path, window in house.visits(found.append, viewport=PHONE, java_script_enabled=False):
        window.evaluate(LOOKS)
        plain = window.evaluate("looks.plain()")
        found += [f"{path}: {each}" for each in plain["wrong"]]
        if len(plain["words"]) < 40 or plain["heading"] != 1:
            found.append(f"{path}: {plain['heading']} headings, and it says {plain['words'][:60]!r}")
        found += [f"{path}: {method} {to}" for method, to in plain["sent"] if not takes(method, to)]
    assert not found, "\n".join(found)


def takes(method: str, path: str) -> bool:
    """Whether a form may be sent so."""
    try:
        view = resolve(path).func.view_class
    except Resolver404:
        return False
    return hasattr(view, method) and method in view.http_method_names
