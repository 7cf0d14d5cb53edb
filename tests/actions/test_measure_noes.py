"""How soon a no took effect is measured from when our side received it, and a person is told where it is too long."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.actions.measure_noes import measure_noes, watch_noes
from pipeline.actions.receive_request import receive_request
from pipeline.actions.record_consent import record_consent
from pipeline.actions.record_feedback import record_feedback
from pipeline.actions.replay_goodbyes import replay_goodbyes
from pipeline.actions.replay_noes import replay_noes
from pipeline.actions.unsubscribe import unsubscribe
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.heeding import Delays, Door, Place
from pipeline.core.consent.rights import Channel, RequestKind
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.feedback.event import FeedbackEvent, Kind
from pipeline.gateways import noes, spool
from pipeline.gateways.keys import keyring
from pipeline.store import alerts, consent, instance, subscribers
from pipeline.store.subscribers import random_uid
from tests import factories
from tests.database_away import database_away
from tests.factories import DAILY, WEEKLY

pytestmark = pytest.mark.django_db(transaction=True)

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in ("unsubscribe", "replay_goodbyes", "measure_noes"):
        monkeypatch.setattr(f"pipeline.actions.{module}.spool_folder", lambda: tmp_path / "spool")
    factories.notices()
    return tmp_path / "spool"


def clock() -> datetime:
    """The real one: entries are stamped by the database."""
    return datetime.now(UTC)


def no(
    person, ago: timedelta, method: Method = Method.UNSUBSCRIBE_PAGE, kind=EventKind.CONSENT_WITHDRAWN
) -> None:
    entry = Entry(random_uid(), kind, WEEKLY, clock() - ago, Actor.DATA_SUBJECT, method)
    record_consent(person.id, [entry])


def seconds(delays: Delays) -> tuple[int, int, int, int]:
    whole = (delays.p50.total_seconds(), delays.p99.total_seconds(), delays.longest.total_seconds())
    return delays.count, *(int(each) for each in whole)


def by_mail(person, received: datetime, now: datetime, name: str = "one") -> None:
    """A goodbye by mail that is read now."""
    subscription = next(s for s in consent.subscriptions(person.id) if s.purpose == WEEKLY)
    event = FeedbackEvent(
        Kind.UNSUBSCRIBED,
        source="mailto",
        external_id=name,
        subscription_uid=subscription.uid.bytes,
        occurred_at=datetime(1999, 1, 1, tzinfo=UTC),
        received_at=received,
    )
    record_feedback(event, now)


def permits(person) -> bool:
    return consent.standing(consent.ledger(person.id), WEEKLY).permits


@pytest.mark.holds("U-16")
def test_the_figures_are_those_of_each_door_and_of_the_window():
    ada, ben = factories.subscriber("ada"), factories.subscriber("ben")
    for _ in range(60):
        no(ada, 2 * SECOND)
    for ago in (30, 90):
        no(ben, ago * SECOND, Method.MAILTO)
    no(ben, -5 * SECOND)  # by a clock that is ahead: no less than nothing
    no(ben, 9 * HOUR, Method.ADMIN)  # what a member writes down has a clock of its own
    no(ben, 9 * HOUR, kind=EventKind.CONFIRM_EXPIRED)  # nobody said it
    found = measure_noes(clock()).delays
    assert seconds(found[None]) == (63, 2, 90, 90)
    assert seconds(found[Door.WEB]) == (61, 2, 2, 2)
    assert seconds(found[Door.MAIL]) == (2, 30, 90, 90)
    assert measure_noes(clock() + 2 * HOUR, HOUR).delays[None] == Delays()


@pytest.mark.holds("U-16")
def test_a_person_is_told_while_noes_take_more_than_a_minute_and_no_longer():
    ada = factories.subscriber("ada")
    no(ada, 59 * SECOND)
    watch_noes(clock())
    assert alerts.open_now() == []
    no(ada, 61 * SECOND)
    watch_noes(clock())
    assert [(alert.kind, alert.subject) for alert in alerts.open_now()] == [("noes_slow", "goodbyes")]
    watch_noes(clock() + timedelta(days=2))
    assert alerts.open_now() == []


@pytest.mark.holds("U-16")
def test_a_goodbye_that_waited_on_the_disk_counts_from_when_it_was_pressed():
    ada = factories.subscriber("ada")
    token = make(Audience.UNSUB, consent.subscriptions(ada.id)[0].uid.bytes, keyring())
    pressed = clock() - 7 * MINUTE
    with database_away():
        assert unsubscribe(token, Method.ONE_CLICK_POST, pressed).kept
    [waits] = measure_noes(clock()).waiting
    assert (waits.place, waits.since) == (Place.DISK, pressed)
    replay_goodbyes(clock())
    found = measure_noes(clock())
    assert found.waiting == ()
    assert seconds(found.delays[Door.WEB]) == (1, 420, 420, 420)


@pytest.mark.holds("U-16")
def test_what_nobody_could_apply_or_has_found_the_person_of_is_told_after_48_hours(folder):
    old = clock() - 50 * HOUR
    spool.add(folder, {"at": old.isoformat(), "subscription": "of another database"})
    receive_request(
        RequestKind.OBJECTION, None, Channel.POST, clock(), actor=Actor.CONTROLLER_USER, received_at=old
    )
    alerts.raised("reports", "mailbox", "The mailbox cannot be opened.", old)
    watch_noes(clock())
    places = {alert.subject.split()[0] for alert in alerts.open_now(["noes_unheeded"])}
    assert places == {"disk", "mailbox", "desk"}
    replay_goodbyes(clock())  # it is laid aside, and still nobody has heeded it
    watch_noes(clock())
    places = {alert.subject.split()[0] for alert in alerts.open_now(["noes_unheeded"])}
    assert places == {"laid_aside", "mailbox", "desk"}
    next(folder.glob("damaged-*")).unlink()
    alerts.cleared(["reports"], "mailbox", clock())
    watch_noes(clock() - 24 * HOUR)
    assert alerts.open_now(["noes_unheeded"]) == []


@pytest.mark.holds("U-16")
def test_a_goodbye_by_mail_is_of_the_moment_at_which_our_side_had_it():
    ada = factories.subscriber("ada", now=clock() - 9 * HOUR)
    received = clock() - 2 * HOUR
    by_mail(ada, received, clock())
    assert consent.ledger(ada.id)[-1].occurred_at == received
    assert not permits(ada)
    assert seconds(measure_noes(clock()).delays[Door.MAIL]) == (1, 7200, 7200, 7200)


@pytest.mark.holds("U-16")
def test_a_yes_that_was_said_after_a_goodbye_by_mail_stands_though_that_is_read_later():
    ada = factories.subscriber("ada", DAILY)
    now = clock()
    factories.say(ada, EventKind.CONSENT_GIVEN, now=now - 3 * HOUR)
    by_mail(ada, now - 4 * HOUR, now)
    assert permits(ada)
    by_mail(ada, now - 2 * HOUR, now, "another")
    assert not permits(ada)


def test_where_two_clocks_may_differ_the_no_holds_and_does_so_again_after_a_backup_is_put_back(
    tmp_path, monkeypatch
):
    ada = factories.subscriber("ada", DAILY)
    now = clock()
    yes = now - HOUR
    factories.say(ada, EventKind.CONSENT_GIVEN, now=yes)
    by_mail(ada, yes - 5 * MINUTE, now)
    *_, goodbye = consent.ledger(ada.id)
    assert not permits(ada)
    assert goodbye.occurred_at == yes
    factories.say(ada, EventKind.CONSENT_GIVEN, now=yes)  # as it stands in the backup, without the goodbye
    record = {
        "what": "entry", "key": subscribers.address_key(ada.id).hex(), "event": random_uid().hex,
        "kind": goodbye.kind.value, "purpose": WEEKLY, "at": goodbye.occurred_at.isoformat(),
        "actor": goodbye.actor.value, "method": goodbye.method.value,
    }  # fmt: skip
    monkeypatch.setattr("pipeline.actions.replay_noes.noes_folder", lambda: tmp_path / "put-back")
    noes.note(tmp_path / "put-back", instance.read().uid, [record], sync=False)
    assert replay_noes(now).applied == 1
    assert not permits(ada)


def test_the_command_says_it_in_seconds(told_in_json):
    no(factories.subscriber("ada"), 2 * SECOND)
    found = told_in_json("consent", "heeded", "--within", "30d")
    assert found["unsub_to_effective_seconds"]["count"] == 1
    assert 2 <= found["unsub_to_effective_seconds"]["p99"] < 10
    assert found["unsub_to_effective_seconds"]["doors"]["mail"] == {"count": 0, "p50": 0, "p99": 0, "max": 0}
    assert found["waiting"] == []


@pytest.fixture
def told_in_json(monkeypatch):
    from click.testing import CliRunner

    from pipeline.cli.main import cli

    monkeypatch.setattr("django.db.connections.close_all", lambda: None)

    def run(*arguments: str):
        result = CliRunner().invoke(cli, [*arguments, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    return run
