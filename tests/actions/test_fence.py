"""A copy of the database sends nothing until a person says so (delivery.md B8, G15; C 31, 32, 78)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection

from pipeline.actions.check_fence import check_fence, fence_folder, fence_refusal
from pipeline.actions.confirm_sending import confirm_sending
from pipeline.actions.deliver_batch import deliver_batch
from pipeline.actions.join_sending import join_sending
from pipeline.actions.look_at_sending import look_at_sending
from pipeline.actions.open_due import open_due
from pipeline.actions.rescue_stalled import rescue_stalled
from pipeline.actions.start_sending import start_sending
from pipeline.actions.stop_sending import stop_sending
from pipeline.actions.tick import tick
from pipeline.core.errors import BadInput, NotFound, Refused
from pipeline.gateways import fence
from pipeline.settings import current
from pipeline.store import alerts, instance
from tests import factories
from tests.conftest import CatchAll

pytestmark = pytest.mark.django_db(transaction=True)

TABLES = ("delivery", "outbox", "attempt", "mailing", "campaign", "sender", "instance")


class Backup:
    """Rows put back as they were: what a restore to an earlier moment does to a database."""

    def __init__(self) -> None:
        self._rows: dict[str, list[str]] = {}
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
                self._rows[table] = [row[0] for row in cursor.fetchall()]
            cursor.execute("SELECT last_value FROM delivery_number")
            self._number = cursor.fetchone()[0]

    def restore(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # no trigger of ours sees it
            for table in reversed(TABLES):
                cursor.execute(f"DELETE FROM {table}")
            for table in TABLES:
                for row in self._rows[table]:
                    cursor.execute(
                        f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s)", [row]
                    )
            cursor.execute("SELECT setval('delivery_number', %s)", [self._number])
            cursor.execute("SET session_replication_role = origin")


@dataclass
class House:
    """A list of five, an issue that is due, a relay, and a data folder of the test's own."""

    folder: Path
    smtp: CatchAll
    move_to: Callable[[Path], None]
    campaign: str = ""

    def send(self) -> str:
        return deliver_batch(20).route_failed

    @property
    def dots(self) -> int:
        """Issues that left. The seal of the day, to the owner, is none."""
        return len(self._readers())

    @property
    def copies(self) -> int:
        """Messages beyond the first to the same person."""
        return self.dots - len(set(self._readers()))

    def _readers(self) -> list[str]:
        to = [str(e.rcpt_tos[0]) for e in self.smtp.envelopes]
        return [address for address in to if address != current().owner_address]


@pytest.fixture
def house(tmp_path: Path, smtp: CatchAll, postgres: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    # The database stays where it is; the folder of journals and fences is the test's own, and may be copied.
    monkeypatch.setenv("DATABASE_URL", postgres)
    monkeypatch.setenv("ROUNDS_SMTP_URL", smtp.url)
    monkeypatch.setenv("ROUNDS_RELAY_SIGNS", "1")

    def move_to(folder: Path) -> None:
        monkeypatch.setenv("ROUNDS_DATA_DIR", str(folder))
        current.cache_clear()

    move_to(tmp_path / "data")
    factories.notices()
    factories.readers(["ada", "ben", "cleo", "dora", "emil"])
    found = House(tmp_path / "data", smtp, move_to, factories.campaign(now=factories.NOW).name)
    yield found
    monkeypatch.undo()
    current.cache_clear()


@pytest.fixture
def due(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The issue is open, and a reader's clock stands where it became due."""
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: factories.NOW)
    open_due(factories.NOW)
    return house


def test_the_first_sender_of_all_sends_and_leaves_its_mark(due: House) -> None:
    assert due.send() == ""
    assert due.dots == 5
    [host] = instance.read().hosts
    mark = fence.read(fence_folder(), instance.read().uid)
    assert mark is not None
    assert (mark.host, mark.ours) == (host.mark, True)
    assert check_fence(factories.NOW) is None


@pytest.mark.parametrize("heard", [True, False], ids=["after it heard", "before it heard"])
def test_a_first_sender_that_dies_as_it_tells_the_database_is_no_stranger_to_itself(
    due: House, monkeypatch: Any, heard: bool
) -> None:
    """As where PostgreSQL crashed in that moment: it may have committed, and nobody was told."""
    vouch = instance.vouch

    def crash(host: Any) -> None:
        if heard:
            vouch(host)
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(instance, "vouch", crash)
    with pytest.raises(psycopg.OperationalError):
        fence_refusal()
    monkeypatch.setattr(instance, "vouch", vouch)
    assert due.send() == ""
    assert due.dots == 5
    assert len(instance.read().hosts) == 1


def test_a_mark_that_no_database_heard_of_gives_no_right_beside_others(due: House, monkeypatch: Any) -> None:
    def crash(host: Any) -> None:
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as dying:
        dying.setattr(instance, "vouch", crash)
        with pytest.raises(psycopg.OperationalError):
            fence_refusal()
    instance.vouch(instance.Host("another", "elsewhere", factories.NOW, 1))
    assert "is sent from already, by elsewhere" in due.send()
    assert due.dots == 0


def test_a_database_put_back_in_the_middle_of_a_send_sends_nothing_and_then_no_copies(due: House) -> None:
    start_with = Backup()
    assert due.send() == ""
    start_with.restore()
    assert "older copy" in due.send()
    tick(factories.NOW)
    assert due.dots == 5, "no dot until it is confirmed"
    assert look_at_sending().stopped
    assert [alert.subject for alert in alerts.open_now(["fence"])] == ["database"]
    with pytest.raises(Refused, match="confirm"):
        start_sending("ada", factories.NOW)
    done = confirm_sending("ada", factories.NOW)
    assert (done.replay.accepted, done.replay.unknown, done.paused) == (5, 0, ())
    assert due.send() == ""
    assert (due.dots, due.copies) == (5, 0)
    assert not alerts.open_now(["fence"])


def test_what_was_put_back_by_seconds_only_is_seen_by_the_journals(due: House) -> None:
    assert fence_refusal() is None
    lately = Backup()
    due.send()
    lately.restore()
    uid = instance.read().uid
    mark = fence.read(fence_folder(), uid)
    assert mark is not None
    fence.write(fence_folder(), uid, replace(mark, counters=instance.read().counters))
    assert "journals of this host" in str(check_fence(factories.NOW))


def test_an_opening_that_the_database_has_lost_is_not_repeated(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: factories.NOW)
    assert fence_refusal() is None
    before = Backup()
    open_due(factories.NOW)
    house.send()
    before.restore()
    tick(factories.NOW)
    done = confirm_sending("ada", factories.NOW)
    assert (done.replay.strangers, done.paused) == (5, (house.campaign,))
    tick(factories.NOW)
    house.send()
    assert (house.dots, house.copies) == (5, 0)
    [alert] = alerts.open_now(["maybe_sent"])
    assert house.campaign in alert.sentence


def test_a_dot_whose_answer_is_not_known_is_unknown_after_a_restore_too(due: House) -> None:
    from pipeline.gateways.journal import Journal
    from pipeline.store.subscribers import random_uid
    from tests import senders

    before = Backup()
    fence_refusal()
    token = random_uid()
    with Journal(due.folder / "journal", token, instance.read().uid) as journal:
        claimed = senders.claim(token, 1, factories.NOW)[0]
        senders.intents(token, [claimed], factories.NOW)
        journal.dot(claimed.id, 1)
    before.restore()
    check_fence(factories.NOW)
    assert confirm_sending("ada", factories.NOW).replay.unknown == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, cause, attempt_no, ambiguous_attempts FROM delivery WHERE id = %s", [claimed.id]
        )
        assert cursor.fetchone() == (3, "crash_after_dot", 1, 1)


def test_entries_of_the_consent_ledger_are_not_lost_in_silence(due: House) -> None:
    fence_refusal()
    uid = instance.read().uid
    mark = fence.read(fence_folder(), uid)
    assert mark is not None
    heard_more = replace(mark.counters, consent=mark.counters.consent + 2)
    fence.write(fence_folder(), uid, replace(mark, counters=heard_more))
    assert "consent ledger" in str(check_fence(factories.NOW))
    with pytest.raises(Refused, match="said no"):
        confirm_sending("ada", factories.NOW)
    assert due.send() != ""
    assert confirm_sending("ada", factories.NOW, despite_lost_consents=True).lost_consents == 2
    assert (due.send(), due.dots) == ("", 5)


def test_a_copied_data_folder_sends_nothing(due: House, tmp_path: Path) -> None:
    fence_refusal()
    shutil.copytree(due.folder, tmp_path / "clone")
    due.move_to(tmp_path / "clone")
    assert "is a copy" in due.send()
    assert due.dots == 0
    due.move_to(due.folder)
    assert (due.send(), due.dots) == ("", 5), "the original goes on"


def test_an_empty_data_folder_beside_a_database_that_is_sent_from_sends_nothing_until_it_joins(
    due: House, tmp_path: Path
) -> None:
    fence_refusal()
    due.move_to(tmp_path / "other")
    assert "does not know this data folder" in due.send()
    assert (due.dots, look_at_sending().stopped) == (0, False)
    assert len(look_at_sending().elsewhere) == 1
    join_sending(factories.NOW)
    assert (due.send(), due.dots) == ("", 5)
    due.move_to(due.folder)
    assert check_fence(factories.NOW, joining=True) is None, "both may send"
    assert len(instance.read().hosts) == 2


def test_a_clone_that_is_confirmed_takes_the_place_of_the_others(due: House, tmp_path: Path) -> None:
    fence_refusal()
    due.move_to(tmp_path / "other")
    assert due.send() != ""
    confirm_sending("ada", factories.NOW)
    assert (due.send(), due.dots) == ("", 5)
    due.move_to(due.folder)
    assert "not know this data folder any more" in str(check_fence(factories.NOW, joining=True))


def test_every_host_confirms_before_anybody_sends(due: House, tmp_path: Path) -> None:
    fence_refusal()
    due.move_to(tmp_path / "second")
    join_sending(factories.NOW)
    names = sorted({host.name for host in instance.read().hosts})
    before = Backup()
    due.send()
    before.restore()
    assert "older copy" in due.send()
    assert confirm_sending("ada", factories.NOW).waits_for == tuple(names)
    assert due.send() != ""
    with pytest.raises(NotFound, match=names[0]):
        confirm_sending("ada", factories.NOW, without=["nobody.example"])
    due.move_to(due.folder)
    assert confirm_sending("ada", factories.NOW).waits_for == ()
    assert due.send() == ""
    assert (due.dots, due.copies) == (5, 0)


def test_a_damaged_mark_is_no_mark(due: House) -> None:
    fence_refusal()
    (fence_folder() / str(instance.read().uid)).write_bytes(b"{")
    assert "is damaged" in str(check_fence(factories.NOW, joining=True))


def test_stopping_everything_stops_it_for_senders_that_are_at_work(due: House) -> None:
    epoch = instance.read().epoch
    stopped = stop_sending("  The wrong\nsubject ", "ada", factories.NOW)
    assert (stopped.sending_enabled, stopped.reason, stopped.epoch) == (False, "The wrong subject", epoch + 1)
    assert stop_sending("again", "ben", factories.NOW).epoch == epoch + 1
    assert "ada: The wrong subject" in due.send()
    assert due.dots == 0
    start_sending("ben", factories.NOW)
    assert "since this sender began" in str(fence_refusal(epoch))
    assert (due.send(), due.dots) == ("", 5)
    with pytest.raises(BadInput):
        stop_sending(" ", "ada", factories.NOW)


def test_confirming_does_not_start_what_a_person_stopped(due: House) -> None:
    fence_refusal()
    stop_sending("The wrong subject", "ada", factories.NOW)
    confirm_sending("ben", factories.NOW)
    assert look_at_sending().stopped
    assert due.send() != ""


def test_a_restored_database_that_is_replayed_leaves_nothing_to_the_reaper(due: House) -> None:
    before = Backup()
    due.send()
    before.restore()
    check_fence(factories.NOW)
    confirm_sending("ada", factories.NOW)
    assert rescue_stalled(factories.NOW) == 0
