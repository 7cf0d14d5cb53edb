"""`rounds routes` and `rounds alerts`: what an operator sees is a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.settings import current
from pipeline.store import alerts, campaigns, flow, models
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(monkeypatch):
    from pipeline import settings

    changed = replace(settings.current(), rates={"": 20.0}, domain_rates={"gmail.test": 5.0})
    for module in ("look_at_routes", "release_route"):
        monkeypatch.setattr(f"pipeline.actions.{module}.current", lambda: changed)


def rest(name: str = "relay", minutes: int = 10) -> None:
    flow.ensure_routes(current())
    until = flow.clock() + timedelta(minutes=minutes)
    models.Route.objects.filter(name=name).update(
        blocked_until=until, blocked_because="535 5.7.8 wrong password", failures=2
    )
    alerts.raised("login", name, "relay refuses our login.", NOW)


def test_each_route_and_each_limited_domain_has_a_line(told, rounds, limited):
    found = told("routes", "list")
    assert [(line["name"], line["rate"], line["sentence"]) for line in found["routes"]] == [
        ("relay", 20, "Up to 20 a second.")
    ]
    assert [(line["name"], line["sentence"]) for line in found["domains"]] == [
        ("gmail.test", "Up to 5 a second.")
    ]
    assert "  to gmail.test: Up to 5 a second." in rounds("routes", "list").stdout


def test_a_route_that_rests_says_why_and_a_person_may_release_it(told, rounds):
    rest()
    [line] = told("routes", "list")["routes"]
    assert line["failures"] == 2
    assert line["sentence"].startswith("Rests for ")
    assert "535 5.7.8 wrong password" in line["sentence"]
    assert told("routes", "release", "relay") == {"released": "relay"}
    [line] = told("routes", "list")["routes"]
    assert (line["failures"], line["blocked_until"]) == (0, None)
    assert told("alerts") == {"alerts": []}


def test_a_name_that_is_nothing_gets_the_nearest(rounds, limited):
    result = rounds("routes", "release", "gmial.test")
    assert result.exit_code == 2
    assert "Did you mean 'gmail.test'?" in result.stderr


def test_alerts_are_sentences_and_those_that_are_over_are_shown_when_asked_for(told, rounds):
    alerts.raised("slowed", "gmail.test", "gmail.test asked us to stop.", NOW)
    assert rounds("alerts").stdout == "2026-11-24 09:00 UTC  gmail.test asked us to stop.\n"
    alerts.cleared(["slowed"], "gmail.test", NOW + timedelta(minutes=10))
    assert told("alerts") == {"alerts": []}
    assert rounds("alerts").stdout == "Nothing needs attention.\n"
    [alert] = told("alerts", "--all")["alerts"]
    assert alert["cleared_at"] == "2026-11-24T09:10:00+00:00"


def test_an_alert_that_is_open_is_worded_anew_and_not_told_twice():
    assert alerts.raised("bounces", "autumn/1", "6 of 300", NOW)
    assert not alerts.raised("bounces", "autumn/1", "7 of 300", NOW)
    [alert] = alerts.open_now()
    assert alert.sentence == "7 of 300"


def test_the_status_of_a_campaign_has_its_alerts(told, rounds):
    factories.notices()
    campaign = factories.campaign()
    alerts.raised("bounces", "autumn/1", "Paused: 15 of 300 letters came back.", NOW)
    alerts.raised("bounces", "spring/1", "Another campaign.", NOW)
    assert [alert["sentence"] for alert in told("campaign", "status", "autumn")["alerts"]] == [
        "Paused: 15 of 300 letters came back."
    ]
    assert "! Paused: 15 of 300 letters came back." in rounds("campaign", "status", "autumn").stdout
    assert campaigns.by_id(campaign.id).name == "autumn"
