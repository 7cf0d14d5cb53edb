"""Old months leave the tables that are sent from, and nothing that a person reads changes by it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from pipeline.actions import put_away as action
from pipeline.actions.cancel_campaign import cancel_campaign
from pipeline.actions.change_preferences import change_preferences, look_at_preferences
from pipeline.actions.drop_month import drop_month
from pipeline.actions.open_due import open_due
from pipeline.actions.put_away import BUSY, put_away
from pipeline.actions.record_feedback import Recorded, record_feedback
from pipeline.actions.show_campaign import show_campaign
from pipeline.actions.tick import tick
from pipeline.core.address import parse
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.delivery.campaign import Mode
from pipeline.core.errors import NotFound
from pipeline.core.feedback.event import FeedbackEvent, Kind
from pipeline.gateways.keys import key_of, keyring
from pipeline.settings import current
from pipeline.store import campaigns, consent, deliveries, periods, subscribers
from pipeline.store.periods import Place
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)

MONTH = periods.period(NOW)
WEEK = timedelta(days=7)
LATER = datetime(2029, 1, 16, 9, 0, tzinfo=UTC)  # a Tuesday; November 2026 is more than two years old by then


@pytest.fixture(autouse=True)
def _people() -> Iterator[None]:
    factories.notices()
    factories.readers()
    yield
    for month in periods.months():
        if month.place is Place.LEAVING:
            assert periods.put_away(month.first)
        if month.place is not Place.IN_USE:
            periods.drop(month.first)


def execute(statement: str, values: object = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def settle(state: int = 10, reason: str = "", who: str = "") -> None:
    """Stand in for the senders."""
    for step in (1, 2, state) if state == 10 else (state,):
        execute(
            "UPDATE delivery SET state = %s, reason = %s WHERE (%s = '' OR address_key = %s) AND state < 10",
            [step, reason, who, factories.key(who or "ada")],
        )


def sent_campaign(**more):
    """All issues of a calendar, in November and December; ada unsubscribed while it ran."""
    campaign = factories.campaign(**more)
    open_due(NOW)
    settle(13, "withdrawn", "ada")
    settle()
    factories.say(consent_of("ada"), EventKind.CONSENT_WITHDRAWN)
    for week in range(1, 9):
        open_due(NOW + week * WEEK)
        settle()
    open_due(NOW + 9 * WEEK)
    return campaign


def consent_of(name: str):
    return subscribers.by_key(key_of(parse(f"{name}@readers.test")))


def place_of(month=MONTH) -> list[Place]:
    return [one.place for one in periods.months() if one.first == month]


def newest_uid(name: str):
    [(uid,)] = execute(
        "SELECT uid FROM delivery WHERE address_key = %s ORDER BY id DESC LIMIT 1", [factories.key(name)]
    )
    return uid


def test_a_month_older_than_the_policy_leaves_and_a_younger_one_stays():
    sent_campaign()
    assert put_away(datetime(2028, 11, 30, tzinfo=UTC)) == []
    done = put_away(datetime(2028, 12, 1, tzinfo=UTC))
    assert [(one.first, one.why) for one in done] == [(MONTH, "")]
    assert place_of() == [Place.KEPT]
    assert execute("SELECT count(*) FROM delivery WHERE period = %s", [MONTH]) == [(0,)]
    assert execute("SELECT count(*) FROM kept_delivery_2026_11") == [(3,)]


def test_what_a_campaign_reports_stays_the_same_to_the_letter():
    campaign = sent_campaign()
    before = show_campaign(campaign.name)
    assert before.mailings[0].progress.suppressed == {"withdrawn": 1}
    put_away(LATER)
    after = show_campaign(campaign.name)
    assert after == before
    assert after.adds_up
    assert after.mailings[0].progress.sentence() == "3 = 2 accepted + 1 left out (1 unsubscribed)"


def test_putting_away_twice_is_the_same_as_once():
    campaign = sent_campaign()
    before = show_campaign(campaign.name)
    put_away(LATER)
    assert put_away(LATER) == []
    assert show_campaign(campaign.name) == before


def test_no_policy_means_for_ever(monkeypatch):
    sent_campaign()
    monkeypatch.setenv("ROUNDS_KEEP_MONTHS", "0")
    current.cache_clear()
    try:
        assert put_away(LATER) == []
    finally:
        monkeypatch.undo()
        current.cache_clear()


def test_a_month_with_a_letter_still_to_go_stays():
    campaign = factories.campaign()
    open_due(NOW)
    [stays] = [one for one in put_away(LATER) if one.first == MONTH]
    assert stays.why == "3 of its deliveries are not settled yet."
    assert place_of() == [Place.IN_USE]
    settle()
    [stays] = [one for one in put_away(LATER) if one.first == MONTH]
    assert stays.why == f"Issue 1 of {campaign.name!r} is not finished."
    cancel_campaign(campaign.name)
    assert [one.why for one in put_away(LATER) if one.first == MONTH] == [""]


def test_the_month_of_a_member_whose_course_still_runs_stays():
    campaign = factories.campaign(Mode.COURSE)
    open_due(NOW)  # joins
    open_due(NOW + WEEK)
    settle()
    assert show_campaign(campaign.name).mailings[0].progress.accepted == 3
    [stays] = [one for one in put_away(LATER) if one.first == MONTH]
    assert stays.why == f"3 who joined the course {campaign.name!r} in it have issues to come."


def test_the_month_of_members_who_have_had_the_whole_course_goes_though_the_course_goes_on():
    campaign = factories.campaign(Mode.COURSE)
    for week in range(12):
        open_due(NOW + week * WEEK)
        settle()
    before = show_campaign(campaign.name)
    assert [m.progress.accepted for m in before.mailings] == [3] * 6
    assert [one.why for one in put_away(LATER) if one.first == MONTH] == [""]
    assert show_campaign(campaign.name) == before
    # somebody new joins, years later, and counts with the others
    factories.subscriber("dan", now=LATER)
    factories.signed(now=LATER, until=(LATER + 52 * WEEK).date())
    for week in range(3):
        open_due(LATER + week * WEEK)
    assert show_campaign(campaign.name).mailings[0].progress.audience == 4


def test_a_month_that_comes_back_to_life_is_kept_beside_itself():
    campaign = factories.campaign(Mode.COURSE)
    for week in range(3):
        open_due(NOW + week * WEEK)
        settle()
    for name in ("ada", "ben", "cleo"):
        factories.say(consent_of(name), EventKind.CONSENT_WITHDRAWN)
    assert [one.why for one in put_away(LATER) if one.first == MONTH] == [""]
    factories.say(consent_of("ben"), EventKind.CONSENT_GIVEN, now=LATER)
    factories.signed(now=LATER, until=(LATER + 52 * WEEK).date())
    for week in range(12):
        open_due(LATER + week * WEEK)
        settle()
    told = show_campaign(campaign.name)
    assert [m.progress.accepted for m in told.mailings] == [3, 3, 3, 1, 1, 1]
    assert [one.why for one in put_away(LATER + 20 * WEEK) if one.first == MONTH] == [""]
    assert {"kept_delivery_2026_11_2", "kept_delivery_2026_11"} <= set(periods.kept_tables("delivery"))
    assert show_campaign(campaign.name) == told


STEPS = ["_keep_counts", "_detach", "_rename", "_foreign_keys"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("nth", [1, 2])
def test_a_crash_at_any_step_loses_nothing_and_the_next_run_goes_on(monkeypatch, step, nth):
    campaign = sent_campaign()
    before = show_campaign(campaign.name)
    real = getattr(periods, step)
    calls = []

    def crash(*arguments):
        calls.append(arguments)
        if len(calls) == nth:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(periods, step, crash)
    if nth == 1 or step != "_rename":
        with pytest.raises(KeyboardInterrupt):
            put_away(datetime(2028, 12, 1, tzinfo=UTC))
    assert show_campaign(campaign.name) == before
    monkeypatch.undo()
    put_away(datetime(2028, 12, 1, tzinfo=UTC))
    assert place_of() == [Place.KEPT]
    assert show_campaign(campaign.name) == before


def test_what_still_reads_the_month_delays_it_and_nothing_else(monkeypatch):
    campaign = sent_campaign()
    before = show_campaign(campaign.name)
    monkeypatch.setattr(periods, "PATIENCE", "200ms")
    reading, done = threading.Event(), threading.Event()

    def read() -> None:
        from django.db import transaction

        with transaction.atomic():
            execute("SELECT count(*) FROM delivery")
            reading.set()
            done.wait(20)
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert reading.wait(10)
        assert [one.why for one in put_away(datetime(2028, 12, 1, tzinfo=UTC))] == [BUSY]
        assert place_of() == [Place.LEAVING]
        assert show_campaign(campaign.name) == before
    finally:
        done.set()
        reader.join()
    assert [one.why for one in put_away(datetime(2028, 12, 1, tzinfo=UTC))] == [""]
    assert show_campaign(campaign.name) == before


def test_a_delivery_that_is_opened_while_its_month_leaves_brings_the_month_back(monkeypatch):
    sent_campaign()
    real = periods._detach

    def opened_meanwhile(part):
        if part.table == "delivery":
            execute(
                "INSERT INTO delivery (period, uid, stream, mailing_id, subscriber_id, address_key, next_attempt_at,"
                " expires_at, created_at) SELECT period, gen_random_uuid(), stream, mailing_id, NULL, '\\x01',"
                " next_attempt_at, expires_at, created_at FROM delivery WHERE period = %s LIMIT 1",
                [MONTH],
            )
        return real(part)

    monkeypatch.setattr(periods, "_detach", opened_meanwhile)
    assert [one.why for one in put_away(datetime(2028, 12, 1, tzinfo=UTC))] == [BUSY]
    assert place_of() == [Place.IN_USE]
    assert execute("SELECT count(*) FROM outbox o JOIN delivery d ON d.id = o.delivery_id") == [(1,)]


def test_the_links_of_a_letter_that_was_put_away_still_stop_the_mail():
    sent_campaign()
    put_away(LATER)
    [(uid,)] = execute("SELECT uid FROM kept_delivery_2026_11 WHERE address_key = %s", [factories.key("ben")])
    token = make(Audience.PREFS, uid.bytes, keyring())
    assert look_at_preferences(token, LATER).stale
    change_preferences(token, "everything", LATER)
    assert fold(consent.ledger(consent_of("ben").id)).permitted == ()


def test_after_a_month_is_dropped_its_links_say_what_to_do_instead():
    sent_campaign()
    token = make(Audience.PREFS, newest_uid("ben").bytes, keyring())
    put_away(datetime(2029, 6, 1, tzinfo=UTC))
    dropped = [
        name for month in periods.months() if month.place is Place.KEPT for name in drop_month(month.first)
    ]
    assert "kept_delivery_2026_11" in dropped
    with pytest.raises(NotFound, match=r"Unsubscribe.* still works"):
        look_at_preferences(token, LATER)
    with pytest.raises(NotFound, match="cut short"):
        look_at_preferences(token[:-3], LATER)


def test_a_bounce_that_comes_years_late_is_nobodys():
    sent_campaign()
    uid = newest_uid("ben")
    put_away(datetime(2029, 6, 1, tzinfo=UTC))
    event = FeedbackEvent(Kind.HARD, "dsn", "late", delivery_uid=uid.bytes)
    assert record_feedback(event, LATER) is Recorded.NOBODY
    assert consent.suppressions(key_of(parse("ben@readers.test"))) == []


def test_only_what_was_put_away_can_be_dropped():
    sent_campaign()
    with pytest.raises(NotFound, match="2026-11"):
        drop_month(MONTH)
    assert place_of() == [Place.IN_USE]


def test_what_was_put_away_stands_alone():
    """It can be dumped and dropped with nothing else, and keeps nothing else from being deleted."""
    sent_campaign()
    put_away(LATER)
    assert execute(
        "SELECT count(*) FROM pg_constraint WHERE conrelid = 'kept_delivery_2026_11'::regclass"
        " AND contype = 'f'"
    ) == [(0,)]
    assert execute("SELECT count(*) FROM pg_trigger WHERE tgrelid = 'kept_delivery_2026_11'::regclass") == [
        (0,)
    ]


def test_the_tick_puts_away_what_is_old():
    sent_campaign()
    action_day = datetime(2030, 5, 5, 3, 0, tzinfo=UTC)
    tick(action_day, bell=False)
    assert place_of() == [Place.KEPT]
    assert action.put_away(action_day) == []
    assert deliveries.counts_by_state([campaigns.mailings(campaigns.by_name("autumn").id)[0].id])
