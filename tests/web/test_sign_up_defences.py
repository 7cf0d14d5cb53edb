"""What stands before the confirmation mail, and what is left of those who never answer it."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest

from pipeline.actions.drop_held import drop_held
from pipeline.actions.erase_address import erase_address
from pipeline.actions.expire_confirmations import expire_confirmations
from pipeline.actions.list_held import list_held
from pipeline.actions.release_held import release_held
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.tidy_sign_ups import forget_sign_ups, watch_sign_ups
from pipeline.core.address import parse
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.suppression import ALL, Reason, Suppression
from pipeline.core.consent.tokens import Audience
from pipeline.core.errors import NotFound, Refused
from pipeline.gateways import clock
from pipeline.gateways.keys import key_of
from pipeline.store import alerts, consent, models, subscribers
from pipeline.web.public import sign_up, sign_up_form
from pipeline.web.public.sign_up_form import form_of
from tests.web.people import WEEKLY, Person, form_token, press
from tests.web.test_sign_up import send, send_solved, solved


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch) -> None:
    monkeypatch.setattr(sign_up, "ANSWER_TAKES", 0.0)


def deliveries() -> int:
    return models.Delivery.objects.count()


@pytest.mark.holds("D-08")
def test_a_form_is_good_once_and_a_second_press_of_it_answers_alike(browser, notices):
    token = form_token()
    puzzle = solved(token)
    for _ in range(2):
        assert send(browser, form=token, puzzle=puzzle).status_code == 303
    other = send(browser, form=token, puzzle=puzzle, address="ben@example.test")
    assert (other.status_code, "sent already" in other.content.decode()) == (400, True)
    assert deliveries() == 1
    assert not models.Confirmation.objects.exclude(subscriber_id=Person("ada@example.test").id).exists()


@pytest.mark.holds("D-08")
def test_a_puzzle_of_another_form_counts_for_nothing(browser, notices):
    puzzle = solved(form_token())
    send(browser, puzzle=puzzle)
    [kept] = models.Confirmation.objects.all()
    assert not kept.solved
    send_solved(browser, address="ben@example.test")
    assert models.Confirmation.objects.latest("id").solved


@pytest.mark.holds("D-08")
def test_at_a_busy_hour_one_more_press_is_asked_for_without_a_puzzle(browser, notices, monkeypatch):
    monkeypatch.setattr(sign_up_form, "pressure", lambda: sign_up_form.defence(400, 500))
    page = send(browser)
    words = page.content.decode()
    assert (page.status_code, "One more press" in words) == (200, True)
    assert deliveries() == 0
    fields = {
        "address": "ada@example.test",
        "purpose": [WEEKLY],
        "shown": form_of(None).shown,
        "form": words_token(words),
    }
    soon = press(browser, "/signup/", **fields)
    assert words_token(soon.content.decode()) == fields["form"]  # the wait goes on
    assert deliveries() == 0
    monkeypatch.setattr(sign_up_form, "A_PRESS_NEEDS", timedelta(0))
    assert press(browser, "/signup/", **fields).status_code == 303
    assert deliveries() == 1
    assert (
        send_solved(browser, address="ben@example.test").status_code == 303
    )  # by a script, one press is enough
    assert deliveries() == 2


def words_token(page: str) -> str:
    return page.partition('name="form" value="')[2].partition('"')[0]


@pytest.mark.holds("D-09")
def test_a_role_address_is_held_and_the_person_sees_the_same(browser, notices):
    usual = send_solved(browser, address="ada@example.test")
    role = send_solved(browser, address="Abuse@example.test")
    assert (role.status_code, role.content, role.items()) == (usual.status_code, usual.content, usual.items())
    [held] = list_held()
    assert (held.address, held.held) == ("Abuse@example.test", "role_address")
    assert Person("abuse@example.test").confirmations_queued() == 0
    watch_sign_ups(clock.now())
    assert any("rounds held list" in alert.sentence for alert in alerts.open_now())

    release_held(held.uid, clock.now())
    assert Person("abuse@example.test").confirmations_queued() == 1
    with pytest.raises(NotFound):
        release_held(held.uid, clock.now())
    watch_sign_ups(clock.now())
    assert alerts.open_now() == []


@pytest.mark.holds("D-09")
def test_a_held_sign_up_is_dropped_by_a_person_or_by_time_and_never_sent(notices):
    for name in ("abuse", "noreply"):
        subscribe(SignUp(f"{name}@example.test", (WEEKLY,), "test"), clock.now())
    first, second = list_held()
    drop_held(first.uid, clock.now())
    assert expire_confirmations(clock.now() + timedelta(days=8)) == 1
    assert list_held() == []
    for held in (first, second):
        ended = Person(held.address).entries(EventKind.CONFIRM_EXPIRED)
        assert [(e.actor.value, e.purpose) for e in ended] in (
            [("controller_user", WEEKLY)],
            [("system", WEEKLY)],
        )
        with pytest.raises(NotFound):
            release_held(held.uid, clock.now())
    assert deliveries() == 0


def test_a_no_that_came_meanwhile_is_not_overridden_by_a_release(notices):
    subscribe(SignUp("abuse@example.test", (WEEKLY,), "test"), clock.now())
    [held] = list_held()
    consent.suppress(key_of(parse(held.address)), Suppression(ALL, Reason.MANUAL), clock.now())
    with pytest.raises(Refused):
        release_held(held.uid, clock.now())
    assert deliveries() == 0


@pytest.mark.holds("D-06")
def test_beyond_the_global_cap_an_alarm_sounds_and_nothing_more_is_sent(notices, monkeypatch):
    from pipeline.core.consent import limits

    monkeypatch.setattr("pipeline.actions.subscribe.may_send_confirmation", narrow(limits))
    for n in range(4):
        subscribe(SignUp(f"victim{n}@example.test", (WEEKLY,), "test", solved=True), clock.now())
    assert deliveries() == 2
    assert [alert.subject for alert in alerts.open_now()] == ["everywhere"]
    assert len(list_held()) == 2
    for held in list_held():
        drop_held(held.uid, clock.now())
    watch_sign_ups(clock.now() + timedelta(hours=2))
    assert alerts.open_now() == []


def narrow(limits):
    usual = limits.may_send_confirmation
    return lambda counts, asker: usual(counts, limits.Limits(everywhere_hour=2), asker)


@pytest.mark.holds("D-05")
def test_who_never_answered_is_forgotten_and_the_limits_still_know_the_mailbox(asks, joins, browser):
    now = clock.now()
    then = now + timedelta(days=37)
    gone, ben = asks("ada", at=now), joins("ben", at=now)
    late = asks("late", at=now + timedelta(days=17))
    expire_confirmations(then)
    known = gone.id
    assert (forget_sign_ups(then), forget_sign_ups(then)) == (1, 0)
    assert subscribers.by_id(known).address == ""
    assert subscribers.address_key(known) == key_of(parse(gone.address))
    [kept] = models.Confirmation.objects.filter(subscriber_id=known)
    assert (kept.evidence, kept.network_key, kept.domain_key, kept.state) == ({}, None, None, "expired")
    for person in (ben, late):
        assert subscribers.by_id(person.id).address == person.address
    token = gone.confirm_token(Audience.NOT_ME)
    assert "expired" in browser.get(f"/c/{gone.confirm_token()}").content.decode()
    assert "no longer keep" in browser.get(f"/n/{token}").content.decode()
    asks("ada", at=then)  # and may come back
    assert subscribers.by_id(known).address == gone.address
    assert gone.confirmations_queued() == 2


@pytest.mark.holds("D-05", "D-06")
@pytest.mark.holds("D-05")
def test_a_flood_that_the_limits_stop_leaves_no_address_behind(notices, asks):
    kept = asks("ada")
    confirmations = models.Confirmation.objects
    asked = confirmations.values_list("subscriber_id", flat=True)
    for n in range(40):  # of one network, without a puzzle: some are sent, some held, the rest is dropped
        subscribe(SignUp(f"victim{n}@example.test", (WEEKLY,), "test", client_ip="192.0.2.7"), clock.now())
    assert models.Subscriber.objects.count() > confirmations.count()
    forget_sign_ups(clock.now())
    assert models.Subscriber.objects.count() > confirmations.count()  # somebody may be at it just now
    forget_sign_ups(clock.now() + timedelta(hours=2))
    assert set(models.Subscriber.objects.values_list("id", flat=True)) == set(asked)
    assert kept.entries(EventKind.CONSENT_REQUESTED)


def test_not_me_is_heeded_from_somebody_who_is_forgotten(asks, browser):
    ada = asks("ada")
    then = clock.now() + timedelta(days=37)
    expire_confirmations(then)
    forget_sign_ups(then)
    answer = press(browser, f"/n/{ada.confirm_token(Audience.NOT_ME)}")
    assert (answer.status_code, "will not write again" in answer.content.decode()) == (200, True)
    asks("ada", at=clock.now() + timedelta(days=60))
    assert ada.confirmations_queued() == 1


@pytest.mark.holds("D-08")
def test_spent_forms_are_kept_as_long_as_they_could_come_again(browser, notices):
    send_solved(browser)
    forget_sign_ups(clock.now() + timedelta(hours=12))
    assert models.SpentForm.objects.count() == 1
    forget_sign_ups(clock.now() + timedelta(hours=14))
    assert models.SpentForm.objects.count() == 0


@pytest.mark.holds("C-25")
def test_a_child_is_erased_and_never_asked_again(joins, asks, browser):
    kit = joins("kit")
    person = kit.id
    erase_address("KIT@example.test", clock.now(), child=True)
    assert subscribers.by_id(person).address == ""
    assert kit.consent.permitted == ()
    [stop] = consent.suppressions(key_of(parse(kit.address)))
    assert (stop.scope, stop.reason, stop.until) == (ALL, Reason.CHILD, None)
    before = deliveries()
    send_solved(browser, address=kit.address)
    assert deliveries() == before
    with pytest.raises(NotFound):
        erase_address("nobody@example.test", clock.now(), child=True)


@pytest.mark.holds("C-25")
def test_the_form_says_from_which_age_and_asks_for_no_date_of_birth(browser, notices):
    page = browser.get("/signup/").content.decode()
    assert "16 and over" in page
    assert set(re.findall(r'<input[^>]* name="([a-z]+)"', page)) == {
        "address", "purpose", "website", "form", "shown", "puzzle",
    }  # fmt: skip


@pytest.mark.holds("D-07", "S-05")
def test_neither_words_nor_time_tell_what_an_address_is_to_us(browser, joins, asks, monkeypatch):
    """200 answers. A sleep is not slept but written down: work and sleep together are what somebody can measure.

    It is longer here than in truth, so that a busy machine's work fits into it.
    """
    slept: list[float] = []
    monkeypatch.setattr(sign_up, "ANSWER_TAKES", 30.0)
    monkeypatch.setattr(sign_up.time, "sleep", slept.append)
    joins("subscribed")
    asks("waiting")
    erase_address(joins("erased").address, clock.now(), child=True)
    consent.suppress(key_of(parse("stopped@example.test")), Suppression(ALL, Reason.MANUAL), clock.now())
    kinds = ("new", "waiting", "subscribed", "erased", "stopped")
    seen, shown = set(), form_of(None).shown
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    for n in range(40):
        for kind in kinds:
            address = f"{kind}{n if kind == 'new' else ''}@example.test"
            started = time.monotonic()
            answer = send(browser, address=address, ip=f"198.51.{n}.7", shown=shown)
            took[kind].append(time.monotonic() - started + slept[-1])
            seen.add((answer.status_code, answer.content, str(sorted(answer.items()))))
    assert len(seen) == 1
    middles = [sorted(times)[20] for times in took.values()]
    assert max(middles) - min(middles) < 0.05
    assert min(map(min, took.values())) >= 30.0
