"""Somebody leaves while PostgreSQL is away (G7): the goodbye is kept, and stands before anything is sent again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError

from pipeline.actions.check_fence import fence_refusal
from pipeline.actions.replay_goodbyes import goodbyes_wait, replay_goodbyes
from pipeline.actions.tick import tick
from pipeline.actions.unsubscribe import unsubscribe
from pipeline.core.consent.entry import ConsentStatus, EventKind, Method
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.errors import NotFound, Unavailable
from pipeline.gateways import spool
from pipeline.gateways.keys import keyring
from pipeline.store import alerts, consent
from pipeline.store.subscribers import random_uid
from tests import factories
from tests.database_away import database_away
from tests.factories import NOW, WEEKLY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("unsubscribe", "replay_goodbyes"):
        monkeypatch.setattr(f"pipeline.actions.{module}.spool_folder", lambda: tmp_path / "spool")


@pytest.fixture
def ada():
    factories.notices()
    return factories.subscriber("ada")


def token_of(person) -> str:
    [found] = consent.subscriptions(person.id)
    return make(Audience.UNSUB, found.uid.bytes, keyring())


def status_of(person) -> ConsentStatus:
    return consent.subscriptions(person.id)[0].status


def leave(token: str, at=NOW, method=Method.ONE_CLICK_POST):
    return unsubscribe(token, method, at)


def test_a_goodbye_is_kept_and_applied_with_the_moment_at_which_it_was_said(ada):
    token = token_of(ada)
    with database_away():
        assert leave(token, NOW + timedelta(hours=1)).kept
    assert goodbyes_wait()
    assert status_of(ada) is ConsentStatus.GIVEN
    assert replay_goodbyes(NOW + timedelta(hours=2)) == 1
    assert not goodbyes_wait()
    *_, goodbye = consent.ledger(ada.id)
    assert (goodbye.kind, goodbye.purpose) == (EventKind.CONSENT_WITHDRAWN, WEEKLY)
    assert (goodbye.occurred_at, goodbye.method) == (NOW + timedelta(hours=1), Method.ONE_CLICK_POST)
    assert status_of(ada) is ConsentStatus.WITHDRAWN


def test_said_three_times_it_is_one_entry(ada):
    token = token_of(ada)
    with database_away():
        for _ in range(3):
            leave(token)
    replay_goodbyes(NOW)
    kinds = [entry.kind for entry in consent.ledger(ada.id)]
    assert kinds.count(EventKind.CONSENT_WITHDRAWN) == 1


def test_a_replay_that_died_and_runs_again_adds_nothing(ada, monkeypatch):
    token = token_of(ada)
    with database_away():
        leave(token)
    with monkeypatch.context() as patched:
        patched.setattr(spool, "applied", lambda part, strange: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            replay_goodbyes(NOW)
    entries = len(consent.ledger(ada.id))
    assert goodbyes_wait()
    replay_goodbyes(NOW)
    assert len(consent.ledger(ada.id)) == entries


def test_a_yes_that_was_said_after_it_stands(ada):
    token = token_of(ada)
    with database_away():
        leave(token, NOW + timedelta(hours=1))
    factories.say(ada, EventKind.CONSENT_WITHDRAWN, now=NOW + timedelta(hours=2))
    factories.say(ada, EventKind.CONSENT_GIVEN, now=NOW + timedelta(hours=3))
    replay_goodbyes(NOW + timedelta(hours=4))
    assert status_of(ada) is ConsentStatus.GIVEN


def test_a_goodbye_said_now_is_heeded_whatever_time_the_yes_was_written_down_with(ada):
    factories.say(ada, EventKind.CONSENT_WITHDRAWN, now=NOW)
    factories.say(ada, EventKind.CONSENT_GIVEN, now=NOW + timedelta(days=2))  # by a clock that is ahead
    assert not leave(token_of(ada), NOW + timedelta(hours=1)).kept
    assert status_of(ada) is ConsentStatus.WITHDRAWN


def test_it_waits_for_as_long_as_the_database_is_away(ada):
    token = token_of(ada)
    with database_away():
        leave(token)
        with pytest.raises(OperationalError):
            replay_goodbyes(NOW)
    assert replay_goodbyes(NOW) == 1


def test_a_false_token_is_kept_by_nobody(ada):
    token = token_of(ada)
    for false in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[::-1], "x", ""):
        with database_away(), pytest.raises(NotFound):
            leave(false)
    assert not goodbyes_wait()


def test_a_link_of_a_test_message_leaves_nothing(ada):
    with database_away():
        assert leave(make(Audience.PREVIEW, bytes(16), keyring())).preview
    assert not goodbyes_wait()


def test_where_the_disk_is_away_too_nobody_is_told_yes(ada, tmp_path):
    token = token_of(ada)
    (tmp_path / "spool" / "goodbyes").mkdir(parents=True)
    with database_away(), pytest.raises(Unavailable):
        leave(token)


def test_a_sender_applies_them_before_it_claims_anything(ada):
    token = token_of(ada)
    with database_away():
        leave(token)
    assert fence_refusal() is None
    assert status_of(ada) is ConsentStatus.WITHDRAWN


def test_a_sender_waits_while_somebody_else_applies_them(ada, tmp_path):
    token = token_of(ada)
    with database_away():
        leave(token)
    with spool.taken(tmp_path / "spool"):
        assert "Nothing is sent before" in (fence_refusal() or "")


def test_a_tick_applies_them(ada):
    token = token_of(ada)
    with database_away():
        leave(token)
    tick(NOW, bell=False)
    assert status_of(ada) is ConsentStatus.WITHDRAWN


def test_what_belongs_to_another_database_is_laid_aside_and_told(ada, tmp_path):
    token = token_of(ada)
    with database_away():
        leave(token)
        leave(make(Audience.UNSUB, random_uid().bytes, keyring()))
    assert replay_goodbyes(NOW) == 1
    assert status_of(ada) is ConsentStatus.WITHDRAWN
    [told] = alerts.open_now(["goodbyes"])
    assert told.sentence.startswith("1 goodbyes that were kept")
    [aside] = (tmp_path / "spool").glob("damaged-*")
    assert aside.name in told.sentence
    assert not goodbyes_wait()
