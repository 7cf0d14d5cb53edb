"""What a sender does with a claimed delivery, over a real conversation with a real database."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from time import monotonic

import pytest
from django.db import connection, transaction
from psycopg import OperationalError
from psycopg.errors import DivisionByZero

from pipeline.actions.deliver_batch import Batch, deliver_batch
from pipeline.actions.deliver_batch.lane import Lane
from pipeline.actions.deliver_batch.results import Results
from pipeline.actions.deliver_batch.sender import Sender
from pipeline.actions.open_due import open_due
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.write_message import Unwritable
from pipeline.core.consent.entry import EventKind
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.relay import parse_url
from pipeline.core.delivery.replies import Failure, Stage, classify
from pipeline.gateways.smtp import RouteFailed
from pipeline.settings import current
from pipeline.store import campaigns, flow, link, sending
from pipeline.store.subscribers import random_uid
from tests import factories, senders
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)  # a sender has connections of its own


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW)


@pytest.fixture
def relay(smtp, monkeypatch):
    """A relay that takes everything."""
    return use_relay(monkeypatch, smtp.url, smtp)


def use_relay(monkeypatch, url, relay):
    from dataclasses import replace

    from pipeline import settings

    changed = replace(settings.current(), smtp_url=url)
    monkeypatch.setattr("pipeline.actions.deliver_batch.current", lambda: changed)
    return relay


@pytest.fixture
def opened():
    """Ada, Ben and Cleo, and a campaign whose first issue has just opened."""
    factories.notices()
    people = factories.readers()
    campaign = factories.campaign()
    open_due(NOW)
    return campaign, people


def states(campaign) -> Counter[str]:
    return Counter(line.state for line in campaigns.delivery_lines(campaign.id))


def test_everybody_who_consents_gets_one_copy(opened, relay):
    campaign, _ = opened
    batch = deliver_batch(seconds=20)
    assert batch.accepted == 3
    assert states(campaign) == {"accepted": 3}
    assert sorted(e.rcpt_tos[0] for e in relay.envelopes) == [
        "ada@readers.test",
        "ben@readers.test",
        "cleo@readers.test",
    ]


def test_a_second_batch_sends_nothing_more(opened, relay):
    deliver_batch(seconds=20)
    assert deliver_batch(seconds=20).settled == 0
    assert len(relay.envelopes) == 3


def test_the_message_carries_what_the_standards_ask_for(opened, relay):
    deliver_batch(seconds=20)
    content = relay.envelopes[0].content
    message = message_from_bytes(content, policy=policy.default)
    for name in (
        "Date",
        "From",
        "To",
        "Subject",
        "Message-ID",
        "MIME-Version",
        "List-Id",
        "List-Unsubscribe",
    ):
        assert len(message.get_all(name)) == 1, name
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].strip().startswith("<http://127.0.0.1:8000/u/")
    assert b"breast" not in content.partition(b"\r\n\r\n")[0].lower(), "a header names the condition (C-28)"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert relay.envelopes[0].mail_from.startswith("b+")


def test_each_subscriber_gets_links_of_their_own(opened, relay):
    deliver_batch(seconds=20)
    links = {message_from_bytes(e.content)["List-Unsubscribe"] for e in relay.envelopes}
    assert len(links) == 3


@pytest.mark.holds("U-15")
def test_a_no_after_opening_is_honoured_before_the_dot(opened, relay):
    campaign, people = opened
    factories.say(people[1], EventKind.CONSENT_WITHDRAWN)
    deliver_batch(seconds=20)
    assert states(campaign) == {"accepted": 2, "suppressed": 1}
    assert "ben@readers.test" not in [e.rcpt_tos[0] for e in relay.envelopes]


def test_a_no_while_a_delivery_is_leased_stops_the_intent(opened):
    _, people = opened
    token = random_uid()
    claimed = senders.claim(token, 10, NOW)
    factories.say(people[0], EventKind.CONSENT_WITHDRAWN)
    allowed = senders.intents(token, claimed, NOW)
    assert {d.address for d in claimed if d.id in allowed} == {"ben@readers.test", "cleo@readers.test"}


def test_a_paused_campaign_sends_nothing_and_resumes_without_repeating(opened, relay):
    from pipeline.actions.pause_campaign import pause_campaign
    from pipeline.actions.resume_campaign import resume_campaign

    campaign, _ = opened
    pause_campaign(campaign.name, NOW)
    assert deliver_batch(seconds=20).settled == 0
    resume_campaign(campaign.name, NOW)
    deliver_batch(seconds=20)
    assert len(relay.envelopes) == 3


def test_a_mailing_that_goes_on_after_a_pause_is_sent_by_a_sender_that_saw_the_pause(opened, relay):
    campaign, _ = opened
    sender = Sender(replace(current().routes[0], url=relay.url), seconds=20, bell=False)
    sender.results.stopped_mailings.update(campaigns.mailing_ids(campaign.id).values())
    assert asyncio.run(sender.run()).accepted == 3


def test_lanes_that_find_no_connection_at_the_same_moment_let_the_route_rest(opened):
    async def both_fail() -> str:
        sender = Sender(current().routes[0], seconds=20, bell=False)
        sender._connected = 2
        lanes = [Lane(sender), Lane(sender)]
        sender._lanes = {asyncio.create_task(asyncio.sleep(0)): lane for lane in lanes}
        failed = RouteFailed(parse_url("smtp://127.0.0.1:1"), classify(Stage.CONNECT, Failure.UNREACHABLE))
        for lane in lanes:
            lane.failed = True
            await sender.lane_failed(failed)
        await sender._database.drop()
        return sender.batch.route_failed

    assert "failed at connect" in asyncio.run(both_fail())


# As a crash of the database does: a claim does not wait for the disk.
LOSE_THE_CLAIMS = "UPDATE delivery SET state = 0, lease_token = NULL, lease_until = NULL"


def lose_the_claims():
    with connection.cursor() as cursor:
        cursor.execute(LOSE_THE_CLAIMS)


def test_a_lost_claim_is_not_made_again_while_the_outcome_of_the_first_is_unrecorded(opened):
    """It would be recorded as the outcome of the second, and a dot that has just left would count as never sent."""
    token = random_uid()
    [first] = senders.claim(token, 1, NOW)
    lose_the_claims()
    others = senders.claim(token, 10, NOW, held=[first.id])
    assert len(others) == 2
    assert first.id not in {delivery.id for delivery in others}
    assert [d.id for d in senders.claim(random_uid(), 10, NOW)] == [first.id], "another sender may"


def test_a_sender_claims_nothing_anew_that_it_holds(opened, relay):
    [first] = senders.claim(random_uid(), 1, NOW)
    lose_the_claims()
    sender = Sender(replace(current().routes[0], url=relay.url), seconds=20, bell=False)
    sender._held = lambda: [first.id]
    assert asyncio.run(sender.run()).accepted == 2


def test_a_crash_of_the_database_between_a_claim_and_its_intent_sends_nobody_two(opened, relay, monkeypatch):
    """The claims are gone, the intent failed, and that it did is recorded late: after the next claim."""
    settle, record_intents = Results._settle, sending.record_intents
    crashed = asyncio.Event()

    async def crash(link_, token, *rest):
        if crashed.is_set():
            return await record_intents(link_, token, *rest)
        crashed.set()
        other = await link.connect()
        await other.execute(LOSE_THE_CLAIMS)
        await other.close()
        raise OperationalError("the server closed the connection unexpectedly")

    async def late(self, *rest):
        await asyncio.sleep(0.5)
        await settle(self, *rest)

    monkeypatch.setattr(sending, "record_intents", crash)
    monkeypatch.setattr(Results, "_settle", late)
    sender = Sender(replace(current().routes[0], url=relay.url), seconds=20, bell=False)
    sender._width = 1
    asyncio.run(sender.run())
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW + timedelta(hours=1))
    deliver_batch(seconds=20)
    campaign, _ = opened
    assert states(campaign) == {"accepted": 3}
    assert Counter(e.rcpt_tos[0] for e in relay.envelopes).most_common(1)[0][1] == 1


def test_intents_of_letters_and_of_an_issue_are_committed_together_or_not_at_all(opened, monkeypatch):
    """A barrier that asks again after a deadlock must find all of them as they were."""
    subscribe(SignUp("dora@readers.test", (factories.WEEKLY,), "test"), NOW)
    token = random_uid()
    claimed = senders.claim(token, 10, NOW)
    assert len(claimed) == 4
    assert claimed[0].stream == "confirmation"
    monkeypatch.setattr("pipeline.store.sending._NEWSLETTER_INTENT", "SELECT 1 / 0")
    with pytest.raises(DivisionByZero):
        senders.intents(token, claimed, NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT state FROM delivery")
        assert cursor.fetchall() == [(DeliveryState.LEASED,)]


def test_nobody_knocks_beside_a_sender_that_still_waits_for_its_answer(opened, relay, monkeypatch):
    """A relay may take its time over a wrong password, and another try would be one more towards a lock-out."""
    monkeypatch.setattr("pipeline.actions.deliver_batch.sender.TURN", 0.2)
    route = replace(current().routes[0], url=relay.url)

    async def beside_another() -> Batch:
        other = await link.connect()
        try:
            await flow.take(other, route.name, 1, NOW)  # a route is known from its first token
            assert await flow.knock(other, route.name) is flow.Knock.FIRST
            return await Sender(route, seconds=20, bell=False).run()
        finally:
            await other.close()

    batch = asyncio.run(beside_another())
    assert "has not found out" in batch.route_failed
    assert batch.settled == 0
    assert deliver_batch(seconds=20).accepted == 3


def test_a_claim_waits_for_nobody_who_settles_a_delivery(opened):
    """Whoever settles one holds the delivery until their commit: the claim takes others meanwhile."""
    [first, *_] = senders.claim(random_uid(), 1, NOW)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery SET state = 0, lease_token = NULL")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM delivery WHERE id = %s FOR UPDATE", [first.id])
        began = monotonic()
        claimed = senders.claim(random_uid(), 10, NOW)
        assert monotonic() - began < 4  # a lock that is waited for ends in an error after five
        cursor.execute("UPDATE delivery SET state = 13 WHERE id = %s", [first.id])
    assert len(claimed) == 2
    assert first.id not in {d.id for d in claimed}


def test_an_intent_needs_the_lease_that_claimed_it(opened):
    token = random_uid()
    claimed = senders.claim(token, 1, NOW)
    assert not senders.intents(random_uid(), claimed, NOW)
    assert senders.intents(token, claimed, NOW) == {claimed[0].id}


def test_every_commit_of_a_sender_waits_for_the_disk_whatever_the_server_says(opened):
    from django.db import connection

    async def shown(link):
        return (await (await link.execute("SHOW synchronous_commit")).fetchone())[0]

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name = cursor.fetchone()[0]
        cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    try:
        assert senders.ask(shown) == "on"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER DATABASE "{name}" RESET synchronous_commit')


@pytest.mark.parametrize("error", [Unwritable("a bug"), MemoryError()])
def test_a_letter_that_cannot_be_written_fails_alone(opened, relay, monkeypatch, error):
    from pipeline.actions.deliver_batch import lane as module

    write = module.write_message

    def breaks_for_ben(delivery):
        if delivery.address.startswith("ben@"):
            raise error
        return write(delivery)

    monkeypatch.setattr(module, "write_message", breaks_for_ben)
    campaign, _ = opened
    deliver_batch(seconds=20)
    assert states(campaign) == {"accepted": 2, "failed": 1}


def test_a_stale_delivery_is_not_sent(opened, relay, monkeypatch):
    campaign, _ = opened
    later = NOW + timedelta(hours=49)
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: later)
    deliver_batch(seconds=20)
    assert states(campaign) == {"expired": 3}
    assert relay.envelopes == []


def test_a_relay_that_is_not_there_costs_nobody_an_attempt(opened, monkeypatch):
    from pipeline.gateways.ports import free_port

    campaign, _ = opened
    use_relay(monkeypatch, f"smtp://127.0.0.1:{free_port()}?tls=none", None)
    batch = deliver_batch(seconds=20)
    assert "relay" in batch.route_failed
    assert states(campaign) == {"queued": 3}
    assert all(line.attempts == 0 for line in campaigns.delivery_lines(campaign.id))


def test_what_is_counted_adds_up(opened, relay):
    campaign, people = opened
    factories.say(people[2], EventKind.CONSENT_WITHDRAWN)
    deliver_batch(seconds=20)
    open_due(NOW)
    first = campaigns.mailings(campaign.id)[0]
    assert first.progress.adds_up()
    assert first.progress.sentence() == "3 = 2 accepted + 1 left out (1 unsubscribed)"
    assert first.state == "finished"


def test_the_database_refuses_to_finish_a_mailing_early(opened):
    from django.db import IntegrityError, connection, transaction

    campaign, _ = opened
    with (
        pytest.raises(IntegrityError, match="under way"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE mailing SET state = 'finished' WHERE campaign_id = %s AND number = 1", [campaign.id]
        )


def test_the_database_refuses_every_move_that_the_table_refuses(opened):
    from django.db import IntegrityError, connection, transaction

    from pipeline.core.delivery.lifecycle import allowed

    delivery = senders.claim(random_uid(), 1, NOW)[0].id
    for frm in DeliveryState:
        for to in DeliveryState:
            if frm is to:
                continue
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET session_replication_role = replica"
                )  # skips this trigger, to set the scene
                cursor.execute("UPDATE delivery SET state = %s WHERE id = %s", [frm, delivery])
                cursor.execute("SET session_replication_role = DEFAULT")
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("UPDATE delivery SET state = %s WHERE id = %s", [to, delivery])
                moved = True
            except IntegrityError:
                moved = False
            assert moved == allowed(frm, to), f"{frm.name} to {to.name}"
