"""Every page of the site with real data in it: axe finds nothing, a keyboard reaches everything, no script is needed.

WCAG 2.2 level AA, which EN 301 549 and with it the European Accessibility Act ask for. What is no page is named in
`every_page.py` with its reason, so that no page is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from tests.web.axe import COLOURS, PHONE, WHOLE, faults
from tests.web.every_page import NO_PAGES, PAGES
from tests.web.every_path import every_path
from tests.web.house import _django_db_helper, house  # noqa: F401 - fixtures
from tests.web.keyboard import TabKey

LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
DESK = {"width": 1280, "height": 900}


def test_every_path_of_the_site_is_a_page_that_is_opened_here_or_is_said_to_be_none():
    every = {name for name, _ in every_path()}
    assert every - set(PAGES) - set(NO_PAGES) == set(), "add it to tests/web/every_page.py"
    assert (set(PAGES) | set(NO_PAGES)) - every == set(), "the site has no such path any more"
    assert set(PAGES) & set(NO_PAGES) == set()


@dataclass
class Told:
    """What one visit to every page found out."""

    looks: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def told(house) -> Told:  # noqa: F811
    """Every page is opened once for both, since to open it takes longer than to press Tab through it."""
    from axe_playwright_python.sync_playwright import Axe

    axe, tab, found = Axe(), TabKey(), Told()
    for path, window in house.visits(viewport=PHONE, color_scheme="dark"):
        window.evaluate(LOOKS)
        found.keys += [f"{path}: {each}" for each in by_keyboard(window, tab)]
        window.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        found.looks += [f"{path}{each}" for each in in_both_sizes_and_colours(window, axe)]
    return found


def in_both_sizes_and_colours(window, axe) -> list[str]:
    """What axe finds and what sticks out: on a phone in the dark, and on a desk in the light."""
    window.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = faults("", axe.run(window, options=WHOLE).response)
    found += [f": {each}" for each in window.evaluate("looks.sizes()")]
    window.set_viewport_size(DESK)
    found += [f", on a desk: {each}" for each in window.evaluate("looks.sizes()")]
    window.emulate_media(color_scheme="light")
    found += faults(", in the light", window.evaluate("options => axe.run(options)", COLOURS))
    window.set_viewport_size(PHONE)
    window.emulate_media(color_scheme="dark")
    return found


def by_keyboard(window, tab) -> list[str]:
    """What Tab does not reach, where it does not show, and where the way back is another."""
    left, astray = there_and_back(tab, window)
    if left or astray:
        left, astray = there_and_back(tab, window, slowly=True)
    found = [f"Tab never reaches {each}" for each in left]
    if astray:
        found.append(f"Shift+Tab leads to {astray}")
    found += window.evaluate("[...looks.faults(), ...looks.boxes()]")
    window.emulate_media(color_scheme="light")
    found += [f"in the light: {each}" for each in window.evaluate("looks.rings()")]
    window.emulate_media(color_scheme="dark")
    return found


def there_and_back(tab, window, *, slowly=False) -> tuple[list[str], str]:
    """Tab from stop to stop, and Shift+Tab back: what was never reached, and where the way back is another."""
    window.evaluate("looks.watch()")
    presses, most = 0, 3 * window.evaluate("looks.count()") + 40
    while (left := window.evaluate("looks.missing()")) and presses < most:
        tab.press(window, len(left) + 1, slowly=slowly)
        presses += len(left) + 1
    window.evaluate("looks.turn()")
    while (ahead := window.evaluate("looks.ahead()")) > 0 and presses < 2 * most:
        tab.press(window, ahead, back=True, slowly=slowly)
        presses += ahead
    return left, window.evaluate("looks.astray()")


@pytest.mark.browser
@pytest.mark.holds("A-01")
@pytest.mark.django_db
def test_axe_finds_nothing_and_nothing_sticks_out_on_a_phone_in_the_dark_and_on_a_desk_in_the_light(told):
    assert not told.looks, "\n".join(told.looks)


@pytest.mark.browser
@pytest.mark.holds("A-01")
@pytest.mark.django_db
def test_tab_reaches_everything_and_shows_where_it_is_and_the_same_way_leads_back(told):
    assert not told.keys, "\n".join(told.keys)


@pytest.mark.browser
@pytest.mark.holds("A-01")
@pytest.mark.django_db
def test_without_a_script_every_page_says_what_it_says_and_every_form_can_be_sent(house):  # noqa: F811
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
