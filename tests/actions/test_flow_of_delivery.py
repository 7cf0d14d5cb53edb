"""How fast a sender goes, over real conversations with a real database: what makes it wait, and what does not."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as dt_time

import pytest
from django.db import connection, connections

from pipeline import settings
from pipeline.actions.deliver_batch import deliver_batch
from pipeline.actions.open_due import open_due
from pipeline.actions.watch_campaigns import watch_campaigns
from pipeline.core.delivery.breaker import Alarm
from pipeline.core.delivery.lifecycle import CampaignState
from pipeline.core.delivery.quiet_hours import QuietHours
from pipeline.gateways.ports import free_port
from pipeline.store import alerts, campaigns, flow, models
from tests import factories
from tests.factories import NOW
from tests.scripted_smtp import Deed, ScriptedSmtp, Wait

pytestmark = pytest.mark.django_db(transaction=True)  # a sender has connections of its own

NAMES = ["ada", "ben", "cleo", "dov", "eve", "fay", "gus"]


@pytest.fixture(autouse=True)
def _new_process() -> None:
    flow.forget()


@pytest.fixture
def at(monkeypatch):
    """Set the product's clock."""

    def move(moment: datetime) -> None:
        monkeypatch.setattr("pipeline.gateways.clock.now", lambda: moment)

    move(NOW)
    return move


@pytest.fixture
def send(monkeypatch, at):
    """Run a sender to the end of what is due, with these settings."""

    def run(server_or_port, *, seconds: float = 20, url: str = "smtp://127.0.0.1:{}?tls=none", **changes):
        port = server_or_port if isinstance(server_or_port, int) else server_or_port.port
        changed = replace(settings.current(), smtp_url=url.format(port), **changes)
        sender = "actions.deliver_batch"
        for module in (sender, f"{sender}.sender", f"{sender}.results", "store.flow"):
            monkeypatch.setattr(f"pipeline.{module}.current", lambda: changed)
        return deliver_batch(seconds=seconds)

    return run


@pytest.fixture
def opened(at):
    factories.notices()
    factories.readers(NAMES)
    campaign = factories.campaign()
    open_due(NOW)
    return campaign


def states(campaign) -> Counter[str]:
    return Counter(line.state for line in campaigns.delivery_lines(campaign.id))


def attempts(campaign) -> list[int]:
    return [line.attempts for line in campaigns.delivery_lines(campaign.id)]


def rest_is_over() -> None:
    """PostgreSQL's clock cannot be moved: what rests until later is brought forward."""
    models.Route.objects.update(blocked_until=flow.clock())


def test_a_relay_that_closes_after_some_messages_is_met_by_a_new_connection_at_once(opened, send):
    """C4, row 49: 421 after a few messages on each connection."""
    goodbye = (b"421 4.3.2 that was enough for one connection\r\n", Deed.DROP)
    ok = b"250 2.1.0 ok\r\n"
    with ScriptedSmtp(mail=[ok, ok, goodbye, ok, ok, goodbye, ok]) as server:
        send(server, connections=1)
        send(server, connections=1)  # at the same moment: nothing has to be waited for
    assert states(opened) == {"accepted": len(NAMES)}
    assert len(server.messages) == len(NAMES)
    assert sum(attempts(opened)) == len(NAMES) + 2, (
        "each goodbye cost one attempt, be it twice of the same letter"
    )
    assert models.Route.objects.get().failures == 0


def test_greylisting_is_passed_on_the_second_try(opened, send, at):
    """C4, row 39: 451 for the first five minutes."""
    with ScriptedSmtp(
        rcpt=[b"451 4.7.1 greylisted, come back in five minutes\r\n"] * len(NAMES) + [b"250 ok\r\n"]
    ) as server:
        send(server)
        due = list(models.Delivery.objects.values_list("next_attempt_at", flat=True))
        assert all(timedelta(minutes=5) <= moment - NOW <= timedelta(minutes=7) for moment in due)
        at(NOW + timedelta(minutes=4, seconds=59))
        assert send(server).settled == 0
        at(NOW + timedelta(minutes=7))
        send(server)
    assert states(opened) == {"accepted": len(NAMES)}
    assert attempts(opened) == [2] * len(NAMES)
    assert not models.DomainPace.objects.exists(), "greylisting slows nobody else down"


def test_a_relay_that_refuses_our_login_is_asked_once_and_no_recipient_is_blamed(opened, send):
    """C4, row 36: 535. At most three logins, however many lanes, senders and ticks there are."""
    url = "smtp://rounds:wrong@127.0.0.1:{}?tls=none"
    with ScriptedSmtp(
        ehlo=b"250-scripted.example\r\n250 AUTH PLAIN LOGIN\r\n", auth=b"535 5.7.8 authentication failed\r\n"
    ) as server:
        for _ in range(5):
            send(server, url=url)
        assert len(server.said_at("auth")) == 1
        for _ in range(2):
            rest_is_over()
            for _ in range(3):
                send(server, url=url)
    assert len(server.said_at("auth")) <= 3
    assert states(opened) == {"queued": len(NAMES)}
    assert attempts(opened) == [0] * len(NAMES)
    [alert] = alerts.open_now()
    assert alert.kind == Alarm.LOGIN
    assert "535" in alert.sentence


def test_senders_that_begin_together_try_a_wrong_password_once(opened, send):
    """C4, row 36: each has claimed before anybody knows that the route does not work."""
    url = "smtp://rounds:wrong@127.0.0.1:{}?tls=none"
    with ScriptedSmtp(
        ehlo=b"250-scripted.example\r\n250 AUTH PLAIN LOGIN\r\n",
        auth=(Wait(0.5), b"535 5.7.8 authentication failed\r\n"),
    ) as server:

        def begin() -> None:
            try:
                send(server, url=url, connections=1)
            finally:
                connections.close_all()

        together = [threading.Thread(target=begin) for _ in range(2)]
        for sender in together:
            sender.start()
        for sender in together:
            sender.join(30)
    assert len(server.said_at("auth")) == 1
    assert attempts(opened) == [0] * len(NAMES)


def test_a_relay_that_is_away_is_knocked_at_by_one_message_after_each_rest(opened, send):
    """C4, row 35: the attempts stay within the breaker's budget."""
    with ScriptedSmtp(greeting=b"554 5.3.2 no service here\r\n") as server:
        for _ in range(4):
            send(server)
        assert server.connections == 1
        for _ in range(3):
            rest_is_over()
            for _ in range(4):
                send(server)
        assert server.connections <= 4
    assert attempts(opened) == [0] * len(NAMES)
    [alert] = alerts.open_now()
    assert alert.kind == Alarm.ROUTE
    assert "relay cannot be used" in alert.sentence


def test_a_relay_that_comes_back_takes_everything_without_a_person(opened, send):
    """G14: one message knocks, and the others follow it."""
    send(free_port())
    rest_is_over()
    with ScriptedSmtp() as server:
        for _ in range(3):
            send(server)
    assert states(opened) == {"accepted": len(NAMES)}
    assert models.Route.objects.get().failures == 0
    assert alerts.open_now() == []


def test_a_relay_that_refuses_the_sender_stops_the_campaign_and_costs_few_attempts(opened, send, at):
    with ScriptedSmtp(mail=b"550 5.7.1 you may not send as this\r\n") as server:
        for _ in range(4):
            send(server, connections=2)
            watch_campaigns(NOW)
        assert len(server.said_at("mail")) <= 7
    assert campaigns.by_id(opened.id).state is CampaignState.PAUSED
    assert states(opened) == {"queued": len(NAMES)}
    kinds = {alert.kind: alert for alert in alerts.open_now()}
    assert "you may not send as this" in kinds[Alarm.SENDER].sentence


def test_a_rate_is_kept(opened, send):
    with ScriptedSmtp() as server:
        began = time.monotonic()
        send(server, rates={"": 4.0})
        took = time.monotonic() - began
    assert states(opened) == {"accepted": len(NAMES)}
    assert took >= (len(NAMES) - 4) / 4 - 0.05


def test_letters_to_a_paced_domain_go_back_to_the_queue_and_the_others_go(opened, send, at):
    for name in ("fay", "gus"):
        factories.readdress(name, "fay@other.test")
    with ScriptedSmtp() as server:
        send(server, domain_rates={"readers.test": 2.0})
        assert len(server.messages) == 4
        assert states(opened) == {"accepted": 4, "queued": 3}
        with connection.cursor() as cursor:
            cursor.execute("UPDATE domain_pace SET refilled_at = refilled_at - interval '1 minute'")
        at(NOW + timedelta(minutes=1))
        send(server, domain_rates={"readers.test": 2.0})
        assert len(server.messages) == 6
    assert attempts(opened).count(1) == 6


def test_a_warm_up_plan_stops_the_day_at_its_number(opened, send):
    from pipeline.core.delivery.warm_up import WarmUp

    with ScriptedSmtp() as server:
        for _ in range(3):
            send(server, warm_up={"": WarmUp(flow.clock().date(), (3, 100))})
    assert len(server.messages) == 3
    assert states(opened) == {"accepted": 3, "queued": len(NAMES) - 3}


def test_readers_in_their_quiet_hours_wait_for_the_morning_and_letters_do_not(at, send):
    """A person released the issue at night; nine in London is four in New York."""
    quiet = QuietHours(dt_time(22), dt_time(7))
    factories.notices()
    factories.readers(["ada", "ben"], zone="Europe/London")
    factories.readers(["cleo"], zone="America/New_York")
    campaign = factories.campaign()
    open_due(NOW)  # without quiet hours: it is due to all at once
    with ScriptedSmtp() as server:
        send(server, quiet_hours=quiet)
        assert states(campaign) == {"accepted": 2, "queued": 1}
        [waiting] = models.Delivery.objects.filter(state=0)
        assert waiting.next_attempt_at == NOW + timedelta(hours=3)
        at(NOW + timedelta(hours=3))
        send(server, quiet_hours=quiet)
    assert states(campaign) == {"accepted": 3}
