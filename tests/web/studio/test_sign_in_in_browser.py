"""Signing in with a passkey, in Chromium with an authenticator of its own (WebAuthn level 2, 11)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.store import models
from tests.web.studio.conftest import NAME, PASSWORD
from tests.web.studio.steps import SECOND_STEP, SET_UP, code, secret_on
from tests.web.test_in_browser import chrome, shared, site, window  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser


@pytest.fixture
def named(site, monkeypatch) -> Iterator[str]:  # noqa: F811 - the fixture
    """The site under the name `localhost`: browsers give a number no passkeys."""
    from pipeline.settings import current

    address = site.replace("127.0.0.1", "localhost")
    monkeypatch.setenv("ROUNDS_BASE_URL", address)
    current.cache_clear()
    yield address
    monkeypatch.undo()
    current.cache_clear()


@pytest.fixture
def page(window):  # noqa: F811 - the fixture
    """A window that runs scripts, on a machine with a built-in authenticator whose owner says yes."""
    opened = window(1280, scripts=True)
    opened.set_default_timeout(10_000)
    tools = opened.context.new_cdp_session(opened)
    tools.send("WebAuthn.enable")
    added = tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    opened.authenticator = lambda: tools.send("WebAuthn.getCredentials", added)["credentials"]
    opened.turn_back = lambda: _turn_back(tools, added)
    return opened


def _turn_back(tools, added) -> None:
    """Put every credential's counter back to 1, as that of a copy would be."""
    for credential in tools.send("WebAuthn.getCredentials", added)["credentials"]:
        tools.send("WebAuthn.removeCredential", {**added, "credentialId": credential["credentialId"]})
        tools.send("WebAuthn.addCredential", {**added, "credential": {**credential, "signCount": 0}})


def give_password(page, site: str) -> None:  # noqa: F811
    page.goto(f"{site}/studio/sign-in/")
    page.fill("#name", NAME)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.holds("S-13")
def test_a_passkey_is_made_signs_in_and_a_copy_of_it_does_not(named, page, maya):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    give_password(page, named)
    page.wait_for_url(f"{named}{SET_UP}")
    page.fill("#called", "Maya's laptop")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("heading", name="Keep these recovery codes").wait_for()
    assert page.locator("ol.codes li").count() == 10
    page.get_by_role("link", name="I have kept them").click()
    page.goto(f"{named}/studio/account/")
    assert page.get_by_text("Maya's laptop").first.is_visible()
    page.get_by_role("button", name="Sign out everywhere").click()
    give_password(page, named)
    page.wait_for_url(f"{named}{SECOND_STEP}")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{named}/studio/")
    assert said == []
    assert models.SecondFactor.objects.get().sign_count > 0
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()  # and neither name nor password
    page.wait_for_url(f"{named}/studio/")
    page.get_by_role("button", name="Sign out").click()
    page.turn_back()
    give_password(page, named)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("That did not fit").wait_for()


def test_without_a_script_the_app_is_set_up_by_keyboard_alone(site, window, maya):  # noqa: F811
    page = window(375)
    page.goto(f"{site}/studio/sign-in/")
    page.fill("#name", NAME)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}{SET_UP}")
    page.get_by_text("It cannot be scanned").focus()
    page.keyboard.press("Enter")
    assert page.locator(".secret").is_visible()
    secret = _secret(page)
    page.locator("#code").focus()
    page.keyboard.type(code(secret))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Keep these recovery codes").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def _secret(page) -> bytes:
    class Shown:
        content = page.content().encode()

    return secret_on(Shown())  # type: ignore[arg-type]
