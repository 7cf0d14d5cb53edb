"""The letters in a real browser, in light and in dark: what axe finds, and whether they fit a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.core.message.slots import compile_parts
from tests.golden.rewrite import golden_letters
from tests.golden.sample import VALUES
from tests.web.axe import COLOURS, WHOLE, faults
from tests.web.browser import CHROMIUM, QUIET

pytestmark = pytest.mark.browser
# The page around a letter, and its landmarks, are the mail client's.
IN_A_CLIENT = {**WHOLE, "rules": {name: {"enabled": False} for name in ("landmark-one-main", "region")}}


@pytest.fixture(scope="module")
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.mark.holds("H-03", "H-06")
@pytest.mark.parametrize("name", ["kit", "kit-arabic"])
def test_a_letter_is_accessible_and_fits_in_light_and_dark(browser, name: str) -> None:
    """Axe in whole, and again in dark what hangs on the colours (H-06). Nothing scrolls sideways, down to 320 px."""
    from axe_playwright_python.sync_playwright import Axe

    html = compile_parts(golden_letters()[name]).fill(VALUES)[0]
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.route("**/*", lambda route: route.abort())  # pictures off, as many readers have them
    page.set_content(html)
    found = faults(name, Axe().run(page, options=IN_A_CLIENT).response)
    page.emulate_media(color_scheme="dark")
    found += faults(f"{name} dark", page.evaluate("options => axe.run(options)", COLOURS))
    for width in (600, 390, 360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()
    assert found == []
