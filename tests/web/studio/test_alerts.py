"""What a person must know stands on the first page of the studio, and on the page of the campaign it is about."""

from __future__ import annotations

from pipeline.store import alerts
from tests.factories import NOW
from tests.web.studio.pages import tree, words

BOUNCES = "Paused: 15 of 300 letters came back as undeliverable."


def test_an_alert_of_a_campaign_leads_to_its_page_which_says_the_same(studio, campaign):
    alerts.raised("bounces", "autumn/1", BOUNCES, NOW)
    links = tree(studio.get("/studio/")).xpath("//section[contains(@class, 'todo')]//a")
    assert (BOUNCES, "/studio/campaigns/autumn/") in [(a.text_content(), a.get("href")) for a in links]
    assert BOUNCES in words(studio.get("/studio/campaigns/autumn/"))


def test_an_alert_of_a_route_is_told_on_the_first_page_alone(studio, campaign):
    alerts.raised("login", "relay", "relay refuses our login.", NOW)
    assert "relay refuses our login." in words(studio.get("/studio/"))
    assert "relay refuses our login." not in words(studio.get("/studio/campaigns/autumn/"))


def test_an_alert_that_is_over_is_not_shown(studio, campaign):
    alerts.raised("bounces", "autumn/1", BOUNCES, NOW)
    alerts.cleared(["bounces"], "autumn/1", NOW)
    assert BOUNCES not in words(studio.get("/studio/"))
    assert BOUNCES not in words(studio.get("/studio/campaigns/autumn/"))


def test_the_page_around_the_counts_changes_with_an_alert(studio, campaign):
    before = studio.get("/studio/campaigns/autumn/live/").content.decode()
    alerts.raised("bounces", "autumn/1", BOUNCES, NOW)
    after = studio.get("/studio/campaigns/autumn/live/").content.decode()
    assert "bounces" in after
    assert "bounces" not in before
