"""Two real connections at once: whoever commits first is seen by the other, and nobody waits for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from pipeline.actions.cancel_campaign import cancel_campaign
from pipeline.actions.confirm import confirm
from pipeline.actions.expire_confirmations import expire_confirmations
from pipeline.actions.open_due import open_due
from pipeline.actions.record_consent import record_consent
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.unsubscribe import unsubscribe
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.delivery.campaign import Mode
from pipeline.core.errors import Refused
from pipeline.gateways.keys import key_of, keyring
from pipeline.store import campaigns, confirmations, consent, enrolments, models, subscribers
from pipeline.store.subscribers import random_uid
from tests import factories, senders
from tests.factories import NOW, WEEKLY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere():
    """`elsewhere(f, *args)` runs in another thread with a connection of its own; gives a Future."""
    with ThreadPoolExecutor(8) as pool:

        def run(act: Callable, *args: object, **named: object) -> Future:
            def and_hang_up() -> object:
                try:
                    return act(*args, **named)
                finally:
                    connection.close()

            return pool.submit(and_hang_up)

        yield run


@pytest.fixture
def ada():
    factories.notices()
    return factories.subscriber("ada")


def leave_token(person) -> str:
    [found] = consent.subscriptions(person.id)
    return make(Audience.UNSUB, found.uid.bytes, keyring())


def claimed_by(token):
    campaign = factories.campaign()
    open_due(NOW)
    [claimed] = senders.claim(token, 10, NOW)
    return campaign, claimed


def state_of(claimed) -> str:
    return models.Delivery.objects.get(pk=claimed.id).state


def waiting(act: Callable[[], Future]) -> Future:
    """Start it, and make sure that it waits for a lock that somebody else holds."""
    future = act()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return future
        assert not future.done(), future.result()
        time.sleep(0.02)
    raise AssertionError("it never waited")


def test_an_intent_that_meets_an_open_goodbye_waits_for_it_and_sends_nothing(ada, elsewhere):
    token = random_uid()
    _, claimed = claimed_by(token)
    with transaction.atomic():
        unsubscribe(leave_token(ada), Method.ONE_CLICK_POST, NOW)
        intent = waiting(lambda: elsewhere(senders.intents, token, [claimed], NOW))
    assert intent.result(10) == set()
    assert state_of(claimed) == 13  # suppressed


def test_a_goodbye_that_meets_an_open_intent_waits_for_it_and_leaves_the_letter_to_its_sender(ada, elsewhere):
    token = random_uid()
    _, claimed = claimed_by(token)
    with senders.intents_under_way(token, [claimed], NOW) as allowed:
        assert allowed == {claimed.id}
        goodbye = waiting(lambda: elsewhere(unsubscribe, leave_token(ada), Method.ONE_CLICK_POST, NOW))
    goodbye.result(10)
    assert state_of(claimed) == 2  # sending: it may be out
    assert not fold(consent.ledger(ada.id)).of(WEEKLY).permits


def test_of_a_cancel_and_an_intent_at_once_one_wins_whole(ada, elsewhere):
    token = random_uid()
    campaign, claimed = claimed_by(token)
    with transaction.atomic():
        _, cancelled = cancel_campaign(campaign.name)
        intent = waiting(lambda: elsewhere(senders.intents, token, [claimed], NOW))
    assert cancelled == 1
    assert intent.result(10) == set()
    assert state_of(claimed) == 15  # cancelled


def test_a_cancel_finds_what_a_course_is_just_opening(ada, elsewhere):
    campaign = factories.campaign(Mode.COURSE)
    campaigns.start_due(NOW)
    numbers = campaigns.mailing_ids(campaign.id)
    with transaction.atomic():
        [member] = enrolments.due(campaign.id, WEEKLY, NOW)
        cancel = waiting(lambda: elsewhere(cancel_campaign, campaign.name))
        step = enrolments.Step(member, numbers[1], 2, NOW + timedelta(days=7))
        enrolments.take([step], timedelta(days=2), NOW)
    assert cancel.result(10) == (0, 1)
    assert [line.state for line in campaigns.delivery_lines(campaign.id)] == ["cancelled"]


def test_a_cancelled_course_opens_nothing(ada):
    campaign = factories.campaign(Mode.COURSE)
    campaigns.start_due(NOW)
    cancel_campaign(campaign.name)
    assert enrolments.due(campaign.id, WEEKLY, NOW) == []


def entry(kind: EventKind, purpose: str | None = WEEKLY, at=NOW) -> Entry:
    return Entry(random_uid(), kind, purpose, at, Actor.DATA_SUBJECT, Method.CONFIRM_POST)


def test_one_event_sent_eight_times_at_once_is_one_entry(ada, elsewhere):
    goodbye = entry(EventKind.CONSENT_WITHDRAWN)
    start = threading.Barrier(8)

    def send() -> None:
        start.wait()
        record_consent(ada.id, [goodbye])

    for future in [elsewhere(send) for _ in range(8)]:
        future.result(20)
    assert [e.event_id for e in consent.ledger(ada.id)].count(goodbye.event_id) == 1


def test_yes_and_no_from_everywhere_at_once_leave_the_projection_at_the_fold(ada, elsewhere):
    kinds = [EventKind.CONSENT_WITHDRAWN, EventKind.CONSENT_GIVEN, EventKind.OBJECTION_RECORDED]

    def talk(first: int) -> None:
        for n in range(6):
            record_consent(ada.id, [entry(kinds[(first + n) % 3])])

    for future in [elsewhere(talk, n) for n in range(6)]:
        future.result(60)
    entries = consent.ledger(ada.id)
    [row] = consent.subscriptions(ada.id)
    assert len(entries) == 1 + 6 * 6
    assert row.status is fold(entries).of(WEEKLY).status
    assert all(e.state_after is fold(entries[: n + 1]).of(WEEKLY).status for n, e in enumerate(entries))


def asked(name: str):
    subscribe(SignUp(f"{name}@readers.test", (WEEKLY,), "test"), NOW)
    return models.Confirmation.objects.latest("id")


def test_a_yes_that_meets_the_end_of_its_request_is_kept_and_nothing_deadlocks(ada, elsewhere):
    rows = [asked(f"ben{n}") for n in range(6)]
    late = rows[0].expires_at
    futures = []
    for row in rows:
        token = make(Audience.CONFIRM, row.uid.bytes, keyring())
        futures.append(elsewhere(confirm, token, late - timedelta(seconds=1)))
        futures.append(elsewhere(expire_confirmations, late))
    for future in futures:
        future.result(30)
    for row in rows:
        state = models.Confirmation.objects.get(pk=row.pk).state
        last = consent.ledger(row.subscriber_id)[-1].kind
        assert (state, last) in [
            ("confirmed", EventKind.CONSENT_GIVEN),
            ("expired", EventKind.CONFIRM_EXPIRED),
        ]


def test_the_end_of_a_request_waits_for_a_yes_that_is_under_way(ada, elsewhere):
    row = asked("ben")
    with transaction.atomic():
        assert confirmations.by_uid(row.uid, lock=True)
        ending = waiting(lambda: elsewhere(expire_confirmations, row.expires_at))
        # What a confirm does next: it would deadlock if the other held the subscriber already.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        consent.ledger_locked(row.subscriber_id)
        confirm(make(Audience.CONFIRM, row.uid.bytes, keyring()), NOW)
    assert ending.result(10) == 0
    assert consent.ledger(row.subscriber_id)[-1].kind is EventKind.CONSENT_GIVEN


def test_of_two_who_press_the_button_at_once_one_starts_the_campaign(ada, elsewhere):
    factories.approved_article()
    start = threading.Barrier(2)

    def launch(name: str) -> str:
        start.wait()
        try:
            return factories.campaign(name=name).name
        except Refused as error:
            return str(error)[:12]

    answers = sorted(f.result(60) for f in [elsewhere(launch, "autumn"), elsewhere(launch, "winter")])
    assert answers[0] == "The campaign"
    assert len(campaigns.every()) == 1


@pytest.mark.parametrize("known", [False, True])
def test_of_sign_ups_for_one_address_at_once_each_finds_the_same_person_and_one_letter_goes(elsewhere, known):
    factories.notices()
    if known:
        subscribers.ensure("nora@new.test", key_of(parse("nora@new.test")), NOW)
    forms = [SignUp("nora@new.test", (WEEKLY,), "form", client_ip=f"10.0.{n}.1") for n in range(8)]
    asked = [elsewhere(subscribe, form, NOW) for form in forms]
    assert [one.result(timeout=20) for one in asked] == [True] * 8
    [person] = models.Subscriber.objects.all()
    requests = [e for e in consent.ledger(person.pk) if e.kind is EventKind.CONSENT_REQUESTED]
    assert (
        len(requests) == models.Confirmation.objects.filter(subscriber=person).count() == 1
    )  # one a day (D-06)


def test_a_sign_up_that_meets_the_removal_of_an_unheard_person_makes_them_anew(elsewhere):
    factories.notices()
    known = subscribers.ensure("nora@new.test", key_of(parse("nora@new.test")), NOW)
    with transaction.atomic():
        assert subscribers.forget_unheard(NOW - timedelta(days=1), NOW + timedelta(days=1)) == 1
        asked = elsewhere(subscribe, SignUp("nora@new.test", (WEEKLY,), "form"), NOW)
        time.sleep(0.3)  # it has come to the row that is going
        assert not asked.done()
    assert asked.result(timeout=20) is True
    [person] = models.Subscriber.objects.all()
    assert person.pk != known.id
    assert consent.ledger(person.pk)[0].kind is EventKind.CONSENT_REQUESTED
