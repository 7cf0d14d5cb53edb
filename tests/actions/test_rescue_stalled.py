"""What dead senders leave behind is settled by the evidence of their journals (delivery.md B4; C 1-7, 53, 78, 80)."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import connection

from pipeline.actions import tidy_senders
from pipeline.actions.open_due import open_due
from pipeline.actions.rescue_stalled import rescue_stalled
from pipeline.actions.resolve_unknown import resolve_unknown
from pipeline.core.delivery.campaign import Campaign
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.recovery import NO_REPLY
from pipeline.core.delivery.settlement import Settlement
from pipeline.gateways import observations
from pipeline.gateways.journal import Journal
from pipeline.settings import current
from pipeline.store import alerts, campaigns, rescue, sending
from pipeline.store.campaigns import DeliveryLine
from pipeline.store.sending import ClaimedDelivery
from pipeline.store.subscribers import random_uid
from tests import factories, senders
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Held:
    """A delivery in the hands of a sender, which the test then lets die."""

    campaign: Campaign
    token: UUID
    journal: Journal
    claimed: ClaimedDelivery

    def intend(self) -> None:
        assert senders.intents(self.token, [self.claimed], NOW) == {self.claimed.id}

    def die(self) -> None:
        self.journal.close(keep=True)

    def take_again(self) -> None:
        """A new sender claims it."""
        self.token = random_uid()
        self.journal = Journal(current().data_dir / "journal", self.token)
        [self.claimed] = senders.claim(self.token, 10, NOW)

    @property
    def line(self) -> DeliveryLine:
        return next(iter(campaigns.delivery_lines(self.campaign.id)))


@pytest.fixture
def held() -> Iterator[Held]:
    factories.notices()
    factories.subscriber("ada")
    campaign = factories.campaign()
    open_due(NOW)
    token = random_uid()
    journal = Journal(current().data_dir / "journal", token)
    [claimed] = senders.claim(token, 10, NOW)
    found = Held(campaign, token, journal, claimed)
    yield found
    for path in {journal.path, found.journal.path}:
        path.unlink(missing_ok=True)


def test_a_sender_at_work_is_left_alone(held: Held) -> None:
    assert rescue_stalled(NOW) == 0
    assert held.line.state == "leased"


def test_what_was_only_leased_goes_back_to_the_queue_and_the_journal_stays(held: Held) -> None:
    held.die()
    assert rescue_stalled(NOW) == 1
    assert held.line.state == "queued"
    assert held.journal.path.exists(), "a database that is put back may need it"


def test_an_intent_without_a_dot_was_provably_not_sent(held: Held) -> None:
    held.intend()
    held.die()
    rescue_stalled(NOW)
    assert (held.line.state, held.line.ambiguous_attempts) == ("queued", 0)


@pytest.mark.parametrize(("code", "state"), [(250, "accepted"), (451, "queued"), (554, "failed")])
def test_a_reply_in_the_journal_decides(held: Held, code: int, state: str) -> None:
    held.intend()
    held.journal.dot(held.claimed.id, 1)
    held.journal.reply(held.claimed.id, 1, code)
    held.die()
    rescue_stalled(NOW)
    assert held.line.state == state


def test_a_dot_without_a_reply_is_unknown_and_then_sent_once_more_on_an_unproven_relay(held: Held) -> None:
    held.intend()
    held.journal.dot(held.claimed.id, 1)
    held.die()
    rescue_stalled(NOW)
    assert (held.line.state, held.line.cause) == ("unknown", "crash_after_dot")
    resolve_unknown(NOW)
    assert (held.line.state, held.line.ambiguous_attempts) == ("queued", 1)


def test_a_reply_that_the_sender_saw_lost_is_not_taken_for_a_crash_of_ours(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescue, "acceptance_at_the_dot", lambda route: (1000, 1000))
    held.intend()
    held.journal.dot(held.claimed.id, 1)
    held.journal.reply(held.claimed.id, 1, NO_REPLY)
    held.die()
    rescue_stalled(NOW)
    assert (held.line.state, held.line.cause) == ("unknown", "reply_lost")
    resolve_unknown(NOW)
    assert (held.line.state, held.line.ambiguous_attempts) == ("queued", 1)


def test_a_dot_without_a_reply_is_presumed_accepted_on_a_proven_relay(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescue, "acceptance_at_the_dot", lambda route: (1000, 1000))
    held.intend()
    held.journal.dot(held.claimed.id, 1)
    held.die()
    rescue_stalled(NOW)
    resolve_unknown(NOW)
    assert held.line.state == "presumed_accepted"


def of_another_boot(held: Held) -> None:
    head, _, rest = held.journal.path.read_bytes().partition(b"\n")
    header = json.loads(head)
    header["boot"] = "another"
    held.journal.path.write_bytes(json.dumps(header).encode() + b"\n" + rest)


def bit_flipped(held: Held) -> None:
    content = bytearray(held.journal.path.read_bytes())
    content[content.index(b"\nD ") + 3] ^= 1
    held.journal.path.write_bytes(content)


def truncated(held: Held) -> None:
    held.journal.path.write_bytes(held.journal.path.read_bytes()[:-4])


def headless(held: Held) -> None:
    held.journal.path.write_bytes(b"D 1 1\n")


def empty(held: Held) -> None:
    held.journal.path.write_bytes(b"")


def foreign(held: Held) -> None:
    other = Journal(held.journal.path.parent, random_uid())
    other.dot(1, 1)
    other.close(keep=True)
    other.path.replace(held.journal.path)


def writable_by_all(held: Held) -> None:
    held.journal.path.chmod(0o666)


def giant(held: Held) -> None:
    with held.journal.path.open("r+b") as file:
        file.truncate(10_000_000_000)


@pytest.mark.parametrize(
    "harm", [of_another_boot, bit_flipped, truncated, headless, empty, foreign, writable_by_all, giant]
)
def test_a_journal_that_cannot_be_trusted_proves_nothing(held: Held, harm: Callable[[Held], None]) -> None:
    held.intend()
    held.journal.dot(held.claimed.id, 1)
    held.die()
    harm(held)
    rescue_stalled(NOW)
    assert (held.line.state, held.line.cause) == ("unknown", "owner_lost")


def test_a_reply_that_stands_in_a_journal_is_true_after_a_power_cut_too(held: Held) -> None:
    held.intend()
    held.journal.dot(held.claimed.id, 1)
    held.journal.reply(held.claimed.id, 1, 250)
    held.die()
    of_another_boot(held)
    rescue_stalled(NOW)
    assert held.line.state == "accepted"


def test_a_late_result_of_a_sender_given_up_changes_nothing(held: Held) -> None:
    held.intend()
    held.die()
    rescue_stalled(NOW)
    late = Settlement(DeliveryState.ACCEPTED, "accepted", "dot", code=250)
    assert not senders.settle(held.token, held.claimed, DeliveryState.SENDING, late, NOW)
    assert held.line.state == "queued"


def test_no_copy_is_ever_sent_a_third_time(held: Held) -> None:
    for attempt in (1, 2):
        held.intend()
        held.journal.dot(held.claimed.id, attempt)
        held.die()
        rescue_stalled(NOW)
        resolve_unknown(NOW)
        if attempt == 1:
            held.take_again()
    assert held.line.state == "held_unknown"


class Clock:
    """A monotonic clock that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 1000.0
        monkeypatch.setattr(observations.time, "monotonic", lambda: self.seconds)

    def watch(self, seconds: float, every: float = 30.0) -> int:
        """Look again and again; returns how many were rescued."""
        rescued = 0
        for _ in range(round(seconds / every)):
            self.seconds += every
            rescued += rescue_stalled(NOW)
        return rescued


Elsewhere = tuple[Held, Clock]


@pytest.fixture
def elsewhere(held: Held, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    """Its sender is on another host: there is a row that tells of it, and no journal here."""
    senders.ask(lambda link: sending.begin(link, held.token, "other.example", "their boot", "relay"))
    held.journal.path.unlink()
    held.die()
    clock = Clock(monkeypatch)
    rescue_stalled(NOW)
    return held, clock


def test_a_sender_elsewhere_is_lost_when_it_was_watched_for_a_lease_and_never_beat(
    elsewhere: Elsewhere,
) -> None:
    held, clock = elsewhere
    held.intend()
    assert clock.watch(630) == 0
    assert clock.watch(60) == 1
    assert (held.line.state, held.line.cause) == ("unknown", "owner_lost")


def test_a_sender_elsewhere_that_beats_is_left_alone(elsewhere: Elsewhere) -> None:
    held, clock = elsewhere
    for _ in range(10):
        senders.ask(lambda link: sending.beat(link, held.token))
        assert clock.watch(120) == 0
    assert held.line.state == "leased"


def test_a_sender_that_never_entered_itself_is_watched_by_its_token(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.journal.path.unlink()
    held.die()
    clock = Clock(monkeypatch)
    rescue_stalled(NOW)
    assert clock.watch(630) == 0
    assert clock.watch(60) == 1


def test_no_wall_clock_makes_a_lease_old(elsewhere: Elsewhere) -> None:
    held, _clock = elsewhere
    assert rescue_stalled(NOW.replace(year=NOW.year + 10)) == 0
    assert rescue_stalled(NOW.replace(year=NOW.year - 1)) == 0
    assert held.line.state == "leased"


def test_time_in_which_nobody_looked_does_not_count(elsewhere: Elsewhere) -> None:
    _held, clock = elsewhere
    assert clock.watch(3600 * 3, every=3600) == 0, "three looks in three hours are three minutes"


def test_what_was_seen_in_another_run_of_the_machine_does_not_count(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    _held, clock = elsewhere
    clock.watch(630)
    monkeypatch.setattr(observations, "boot_id", lambda: "the next boot")
    assert clock.watch(60) == 0


def test_a_message_that_ends_three_senders_is_set_aside_with_an_alert(held: Held) -> None:
    for death in range(3):
        held.journal.writing(held.claimed.id)
        held.die()
        rescue_stalled(NOW)
        if death < 2:
            assert held.line.state == "queued"
            held.take_again()
    assert (held.line.state, held.line.reason) == ("held_unknown", "poison")
    [alert] = alerts.open_now(["poison"])
    assert "has ended 3 senders" in alert.sentence


def test_old_journals_and_senders_go_after_a_week_and_what_is_in_hand_stays(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = current().data_dir / "journal"
    journals = [Journal(folder, random_uid()) for _ in range(2)]
    for each in journals:
        each.dot(1, 1)
        each.close()
        senders.ask(lambda link, each=each: sending.begin(link, UUID(each.path.name), "h", "b", "relay"))
    old, young = journals[0].path, journals[1].path
    week_ago = time.time() - 8 * 86400
    os.utime(old, (week_ago, week_ago))
    held.die()
    os.utime(held.journal.path, (week_ago, week_ago))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sender SET beat_at = now() - interval '8 days' WHERE token = %s", [old.name])
    monkeypatch.setattr(tidy_senders, "_last", float("-inf"))
    assert tidy_senders.tidy_senders() == 1
    assert (old.exists(), young.exists(), held.journal.path.exists()) == (False, True, True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT token::text FROM sender")
        assert cursor.fetchall() == [(young.name,)]
    young.unlink()


def test_a_message_that_was_merely_in_hand_is_not_blamed(held: Held) -> None:
    for _ in range(4):
        held.journal.writing(held.claimed.id)
        held.journal.writing(0)
        held.die()
        rescue_stalled(NOW)
        held.take_again()
    held.die()
    assert held.line.state == "leased"
