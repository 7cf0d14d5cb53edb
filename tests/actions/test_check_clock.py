"""A machine whose clock disagrees with the database's does nothing by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.actions.check_clock import ALERT, clock_refusal
from pipeline.actions.check_fence import fence_refusal
from pipeline.actions.tick import tick
from pipeline.core.delivery.campaign import Mode
from pipeline.store import alerts, campaigns
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def astray(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    monkeypatch.setattr("pipeline.gateways.clock.machine", lambda: datetime.now(UTC) + by)


def test_a_clock_that_is_a_minute_off_is_believed(monkeypatch):
    astray(monkeypatch, timedelta(minutes=1))
    assert clock_refusal() is None
    assert not alerts.open_now([ALERT])


@pytest.mark.parametrize("by", [timedelta(hours=2), timedelta(hours=-2), timedelta(days=3650)])
def test_a_clock_that_is_hours_off_is_told_until_it_is_right_and_nothing_is_sent_by_it(by, monkeypatch):
    astray(monkeypatch, by)
    assert "Set them by NTP" in (fence_refusal() or "")
    [told] = alerts.open_now([ALERT])
    assert abs(told.at - datetime.now(UTC)) < timedelta(minutes=5)
    astray(monkeypatch, timedelta(0))
    assert fence_refusal() is None
    assert not alerts.open_now([ALERT])


def test_a_scheduler_ten_years_ahead_opens_holds_and_expires_nothing(monkeypatch):
    factories.notices()
    factories.readers()
    campaign = factories.campaign(Mode.CALENDAR)
    before = [mailing.state for mailing in campaigns.mailings(campaign.id)]
    astray(monkeypatch, timedelta(days=3650))
    tick(factories.NOW + timedelta(days=3650), bell=False)
    assert [mailing.state for mailing in campaigns.mailings(campaign.id)] == before
