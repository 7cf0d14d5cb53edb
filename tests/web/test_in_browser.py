"""The public pages in a real browser, by keyboard alone and without a script. `test_every_page.py` looks at each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.web.browser import chromium, served, shared_connection
from tests.web.people import WEEKLY, Person

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chrome(django_db_setup) -> Iterator[Browser]:
    """One browser for the tests of a file: it takes longer to start than most of them take.

    Playwright keeps an event loop in this thread, in which Django would refuse to ask the database.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with chromium(connections["default"]) as browser:
            yield browser


@pytest.fixture
def shared(db) -> Iterator[BaseDatabaseWrapper]:
    with shared_connection() as connection:
        yield connection


@pytest.fixture
def site(notices, shared) -> Iterator[str]:
    """The site on a free port. It works in the test's own transaction, so that nothing has to be cleaned up."""
    with served(shared) as address:
        yield address


@pytest.fixture
def window(chrome) -> Iterator[Callable]:
    """`window(width, scheme)`: a new browser window that knows nobody's cookies and runs no script, unless asked."""
    opened: list[BrowserContext] = []

    def open_window(width: int = 375, scheme: str = "light", *, scripts: bool = False):
        viewport = {"width": width, "height": 800}
        opened.append(chrome.new_context(viewport=viewport, color_scheme=scheme, java_script_enabled=scripts))
        return opened[-1].new_page()

    yield open_window
    for context in opened:
        context.close()


def test_ada_joins_and_leaves_by_keyboard_alone(site, window):
    ada = Person("ada@example.test")
    page = window()
    page.goto(f"{site}/signup/")
    page.locator("#purpose-1").focus()
    page.keyboard.press("Space")
    for _ in range(4):  # past this notice, the other box and its notice, to the address
        page.keyboard.press("Tab")
    page.keyboard.type(ada.address)
    page.wait_for_timeout(2100)  # nobody is quicker
    page.keyboard.press("Enter")
    page.wait_for_url("**/signup/sent/")

    page.goto(f"{site}/c/{ada.confirm_token()}")
    page.get_by_role("button", name="Yes, confirm").focus()
    page.keyboard.press("Enter")  # quicker than a person
    page.get_by_role("alert").get_by_text("Please press the button once more").wait_for()
    assert ada.consent.permitted == ()
    page.get_by_role("button", name="Yes, confirm").focus()
    page.wait_for_timeout(1600)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="You are signed up").wait_for()
    assert ada.consent.permitted == (WEEKLY,)

    page.goto(f"{site}/u/{ada.leave_token()}")
    page.get_by_role("button", name="Unsubscribe").focus()
    page.wait_for_timeout(1600)  # who presses sooner is taken for a machine, and is offered no undo
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="You are unsubscribed").wait_for()
    assert ada.consent.permitted == ()

    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="signed up again").wait_for()
    assert ada.consent.permitted == (WEEKLY,)


def test_what_is_wrong_is_said_to_a_screen_reader(site, window):
    page = window()
    page.goto(f"{site}/signup/")
    page.get_by_label("Weekly health email").check()
    page.get_by_label("Your email address").fill("ada")
    page.wait_for_timeout(2100)
    page.get_by_role("button", name="Sign up").click()
    assert "needs an @ sign" in page.get_by_role("alert").inner_text()
    address = page.get_by_label("Your email address")
    assert address.get_attribute("aria-invalid") == "true"
    assert address.get_attribute("aria-describedby") == "problem"
    assert page.get_by_label("Weekly health email").is_checked()


def test_the_trap_is_out_of_reach_of_a_person(site, window):
    page = window()
    page.goto(f"{site}/signup/")
    trap = page.locator("input[name=website]")
    assert trap.get_attribute("tabindex") == "-1"
    assert page.get_by_role("textbox", name="Leave this empty").count() == 0
    assert trap.bounding_box()["x"] < 0
