"""The site, full of people, and a browser: what the walks through the pages and through the answers share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from tests.web.browser import chromium, served, shared_connection
from tests.web.every_page import MISSING, PAGES, Page
from tests.web.full_house import filled, settled

ICON = "/favicon.ico"  # what a browser asks for by itself where no page names one, such as beside a picture
ALL = [page for pages in PAGES.values() for page in pages]


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
                window.on(
                    "console", lambda said: said.location["url"].endswith((MISSING, ICON)) or told(said.text)
                )
                # Aborted: by the walk itself, which is at the next page before the picture is there.
                window.on(
                    "requestfailed",
                    lambda asked: asked.failure == "net::ERR_ABORTED" or told(f"{asked.url} did not load"),
                )
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


@pytest.fixture
def _django_db_helper() -> None:
    """In place of pytest-django's, which puts each test into a transaction of its own: see `house`."""


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[House]:
    """One load of data, one server and one browser for all tests of this file. It is emptied after them.

    It commits: a transaction that is open for as long as a browser walks keeps the ledgers of tests beside it from
    being sealed, since the databases of all workers are of one server.
    """
    from pipeline.settings import current

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        settled(patch, tmp_path_factory.mktemp("lists"))
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        shared = connections["default"]
        try:
            with transaction.atomic():
                words = filled()
                shared.run_on_commit.clear()  # nobody is rung: nobody is there
            with shared_connection(), served(shared) as address, chromium(shared) as browser:
                yield House(address, browser, words)
        finally:
            connections["default"] = shared
            call_command("flush", verbosity=0, interactive=False)
    current.cache_clear()
