"""The studio in a real browser: by keyboard alone, without a script, and live with one."""

from __future__ import annotations

import pytest

from pipeline.actions.open_due import open_due
from pipeline.actions.queue_import import queue_import
from pipeline.actions.run_imports import run_imports
from pipeline.actions.survey_list import ImportOptions
from pipeline.core.delivery.lifecycle import CampaignState, DeliveryState, MailingState
from pipeline.store import campaigns, models
from tests import factories
from tests.factories import NOW, SERIES, WEEKLY
from tests.web.studio.conftest import signed_in
from tests.web.test_in_browser import chrome, shared, site, window  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser


@pytest.fixture
def scripted(window):  # noqa: F811 - the fixture
    """A window that runs scripts, as most do."""
    page = window(1280, scripts=True)
    page.set_default_timeout(10_000)
    return page


def sign_in(page, site: str, on: str = "/studio/") -> None:  # noqa: F811
    """Maya's session, as it is after both steps. `test_sign_in_in_browser.py` takes the steps themselves."""
    key = signed_in().cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": key, "url": site}])
    page.goto(f"{site}{on}")


def press(page, name: str) -> None:
    """Tab to a button or link, and press Enter."""
    for _ in range(60):
        page.keyboard.press("Tab")
        said = page.evaluate("document.activeElement.innerText || document.activeElement.value || ''")
        if name in said:
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{name} has the focus and does not show it"
            with page.expect_event("framenavigated"):
                page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"Tab never reached {name!r}")


def test_a_series_is_scheduled_and_paused_by_keyboard_alone(site, window, maya, notices, alone):  # noqa: F811
    factories.approved_article()
    from pipeline.actions.plan_series import plan_series

    plan_series(SERIES, NOW)
    factories.readers()
    page = window(1280)
    sign_in(page, site)
    press(page, "Schedule a campaign")
    press(page, "Skip the calendar")
    press(page, "Schedule these 6 issues")
    assert "Scheduled." in page.inner_text("[role=status]")
    press(page, "Pause")
    [campaign] = campaigns.every()
    assert campaign.state is CampaignState.PAUSED
    press(page, "Resume")
    assert campaigns.by_id(campaign.id).state is CampaignState.SCHEDULED
    press(page, "Cancel…")
    press(page, "Keep it")
    assert campaigns.by_id(campaign.id).state is CampaignState.SCHEDULED


def test_the_letter_is_read_in_its_frame_and_nothing_runs_there(site, scripted, maya, series):  # noqa: F811
    said: list[str] = []
    scripted.on("console", lambda message: said.append(message.text))
    sign_in(scripted, site, f"/studio/series/{SERIES}/1/")
    letter = scripted.frame_locator("iframe")
    assert "What they are, and when to get help" in letter.locator("body").inner_text()
    light = letter.locator("body").evaluate("e => getComputedStyle(e.querySelector('h1')).color")
    scripted.get_by_role("link", name="Dark").click()
    dark = letter.locator("body").evaluate("e => getComputedStyle(e.querySelector('h1')).color")
    assert light != dark
    assert said == []


def settle_all() -> None:
    rows = models.Delivery.objects.filter(state=DeliveryState.QUEUED)
    ids = list(rows.values_list("pk", flat=True))
    for state in (DeliveryState.LEASED, DeliveryState.SENDING, DeliveryState.ACCEPTED):
        models.Delivery.objects.filter(pk__in=ids).update(state=state)


def test_counts_change_by_themselves_while_an_issue_goes_out(site, scripted, maya, campaign):  # noqa: F811
    sign_in(scripted, site, "/studio/campaigns/autumn/")
    assert "3 = 0 accepted + 2 on the way + 1 left out" in scripted.inner_text("#live")
    scripted.locator("#counts-scroll").focus()
    settle_all()
    scripted.get_by_text("3 = 2 accepted + 1 left out").wait_for()
    assert scripted.evaluate("document.activeElement.id") == "counts-scroll"
    assert "2 of 3 accepted" in scripted.inner_text("#said")


def test_the_buttons_change_when_somebody_else_pauses(site, scripted, maya, campaign):  # noqa: F811
    from pipeline.actions.pause_campaign import pause_campaign

    sign_in(scripted, site, "/studio/campaigns/autumn/")
    assert scripted.get_by_role("button", name="Pause").is_visible()
    pause_campaign("autumn", NOW)
    scripted.get_by_role("button", name="Resume").wait_for()


def test_without_a_script_the_page_refreshes_itself(site, window, maya, campaign):  # noqa: F811
    page = window(1280)
    sign_in(page, site, "/studio/campaigns/autumn/")
    settle_all()
    page.get_by_text("3 = 2 accepted + 1 left out").wait_for(timeout=15_000)


def test_links_in_a_caught_letter_open_a_window_where_buttons_work(site, scripted, maya, joins):  # noqa: F811
    from pipeline.actions.catch_message import catch_message

    sign_in(scripted, site, "/inbox/")
    ada = joins("ada")
    path = f"/u/{ada.leave_token()}"
    catch_message(
        "b@rounds.test",
        [ada.address],
        f'Content-Type: text/html\r\n\r\n<head></head><a href="{site}{path}">Unsubscribe</a>'.encode(),
    )
    number = models.CaughtMessage.objects.get().pk
    scripted.goto(f"{site}/inbox/{number}/")
    with scripted.context.expect_page() as opened:
        scripted.frame_locator("iframe").get_by_text("Unsubscribe").click()
    opened.value.get_by_role("button", name="Unsubscribe").click()
    opened.value.get_by_text("You are unsubscribed").first.wait_for()
    assert not ada.consent.of("weekly_health_email").status.permits


def test_an_issue_that_finishes_is_shown_as_sent(site, scripted, maya, campaign):  # noqa: F811
    sign_in(scripted, site, "/studio/campaigns/autumn/")
    settle_all()
    open_due(NOW)
    assert campaigns.mailings(campaign.id)[0].state is MailingState.FINISHED
    scripted.locator("#live .badge", has_text="sent").wait_for()


def test_an_import_shows_how_far_it_is(site, scripted, maya, notices, tmp_path, monkeypatch):  # noqa: F811
    from tests.web.full_house import ROWS, kept_in

    kept_in(tmp_path, monkeypatch)
    said = ImportOptions(WEEKLY, "On paper", "notice-a:4", None, None, "", "yes")
    made = queue_import([ROWS], "people.csv", said, "maya", NOW)
    sign_in(scripted, site, f"/studio/lists/{WEEKLY}/import/{made.uid}/")
    assert scripted.get_by_role("heading", name="0 of … rows").is_visible()
    run_imports()
    scripted.get_by_text("What the import would do").wait_for()
