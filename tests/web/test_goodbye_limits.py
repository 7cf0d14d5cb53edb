"""A flood of one-click requests: some are answered 429, all of them take effect, and nobody is locked out (S-06)."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pipeline.actions.replay_goodbyes import goodbyes_wait, replay_goodbyes
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.goodbye_limits import Rate
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.errors import Unavailable
from pipeline.gateways import clock, spool
from pipeline.gateways.keys import keyring
from pipeline.store import consent, models, subscribers
from pipeline.store.subscribers import random_uid
from pipeline.web.public import goodbye_limits, unsubscribe_page
from pipeline.web.public.goodbye_limits import Crowd
from tests import factories
from tests.database_away import database_away
from tests.web.people import URLENCODED, WEEKLY, press

ONE_CLICK = "List-Unsubscribe=One-Click"
ONE = Rate(1, 0.001)


@pytest.fixture
def limits(monkeypatch):
    """`limits(network=ONE)`: the rest is as generous as ever."""

    def set_to(**rates: Rate) -> None:
        monkeypatch.setattr(unsubscribe_page, "crowd", Crowd(**rates))

    return set_to


def leave(token: str, address: str = "127.0.0.1"):
    return Client(REMOTE_ADDR=address).post(f"/u/{token}", ONE_CLICK, content_type=URLENCODED)


def tokens_of(count: int) -> list[str]:
    """The links of so many people who said yes."""
    people = factories.readers([f"reader{n}" for n in range(count)])
    return [make(Audience.UNSUB, consent.subscriptions(one.id)[0].uid.bytes, keyring()) for one in people]


def on_the_list() -> int:
    return models.Subscription.objects.filter(purpose_id=WEEKLY, status__in=["given", "renewed"]).count()


def lines(spool_of_our_own) -> list[str]:
    kept = spool_of_our_own / "goodbyes"
    return kept.read_text().splitlines() if kept.exists() else []


@pytest.mark.holds("S-06")
def test_five_hundred_at_once_from_one_address_are_within_the_limit():
    crowd = Crowd()
    assert {crowd.wait(random_uid(), "192.0.2.0/24", 1.0) for _ in range(500)} == {0}


@pytest.mark.holds("S-06")
def test_over_the_limit_the_answer_is_429_and_every_goodbye_takes_effect(notices, limits, spool_of_our_own):
    tokens = tokens_of(16)
    limits(network=Rate(4, 0.5))
    answers = [leave(token) for token in tokens]
    told = [answer.status_code for answer in answers]
    assert told == [200] * 4 + [429] * 12
    assert on_the_list() == 12
    late = answers[-1]
    assert int(late["Retry-After"]) >= 1
    assert b"kept and takes effect in a moment" in late.content
    assert not late.cookies
    assert not late.has_header("Location")
    assert goodbyes_wait(), "so no sender sends before they are applied (G7)"
    assert leave(tokens[0], "198.51.100.7").status_code == 200, "another network is not concerned"
    assert replay_goodbyes(clock.now()) == 12
    assert on_the_list() == 0
    ended = models.ConsentEvent.objects.filter(kind=EventKind.CONSENT_WITHDRAWN)
    assert ended.values("subscriber").distinct().count() == ended.count() == 16


def test_a_limit_for_all_together_stops_a_flood_from_everywhere_and_loses_none(
    notices, limits, spool_of_our_own
):
    tokens = tokens_of(12)
    limits(everybody=Rate(4, 0.001))
    told = [leave(token, f"10.0.{n}.1").status_code for n, token in enumerate(tokens)]
    assert told == [200] * 4 + [429] * 8
    replay_goodbyes(clock.now())
    assert on_the_list() == 0


@pytest.mark.holds("S-06")
def test_what_is_over_the_limit_asks_the_database_nothing(ada, limits, spool_of_our_own):
    token = ada.leave_token()
    limits(network=ONE)
    leave(make(Audience.UNSUB, random_uid().bytes, keyring()))
    with CaptureQueriesContext(connection) as asked:
        assert leave(token).status_code == 429
    assert asked.captured_queries == []
    replay_goodbyes(clock.now())
    assert ada.consent.permitted == ()


@pytest.mark.holds("S-06", "S-01")
def test_forged_links_are_neither_counted_nor_kept(ada, limits, spool_of_our_own):
    token = ada.leave_token()
    limits(network=Rate(2, 0.001))
    forged = [token[:-1] + ("A" if token[-1] != "A" else "B"), token[::-1], "x", "A" * len(token)]
    assert {leave(each).status_code for each in forged * 10} == {404}
    assert leave(make(Audience.PREVIEW, bytes(16), keyring())).status_code == 200
    assert leave(token).status_code == 200
    limits(everybody=Rate(0, 0.001))
    assert {leave(each).status_code for each in forged} == {404}
    assert lines(spool_of_our_own) == []


@pytest.mark.holds("S-06")
def test_a_flood_of_one_link_uses_up_nobody_elses_limit_and_no_disk(ada, joins, limits, spool_of_our_own):
    ben = joins("ben")
    limits(everybody=Rate(50, 0.001), link=Rate(3, 0.001))
    token = ada.leave_token()
    told = [leave(token).status_code for _ in range(80)]
    assert told == [200] * 3 + [429] * 77
    assert len(lines(spool_of_our_own)) <= 10  # one in a second
    assert leave(ben.leave_token()).status_code == 200
    assert ada.consent.permitted == ben.consent.permitted == ()


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_too_a_flood_of_one_link_is_kept_a_few_times(
    ada, limits, spool_of_our_own
):
    token = ada.leave_token()
    limits(link=Rate(3, 0.001))
    with database_away():
        told = [leave(token).status_code for _ in range(60)]
    assert told == [202] * 3 + [429] * 57
    assert len(lines(spool_of_our_own)) <= 8
    replay_goodbyes(clock.now())
    assert ada.consent.permitted == ()


def test_where_the_disk_takes_nothing_a_limit_loses_nobody(ada, limits, spool_of_our_own, monkeypatch):
    def full(*_: object) -> None:
        raise Unavailable("It is full.")

    limits(network=Rate(0, 0.001))
    monkeypatch.setattr(spool, "add", full)
    assert leave(ada.leave_token()).status_code == 200
    assert ada.consent.permitted == ()


def test_whoever_presses_the_button_meanwhile_sees_that_it_is_kept(browser, ada, limits, spool_of_our_own):
    """The page's own field is no way round the limit."""
    limits(network=Rate(0, 0.001))
    page = press(browser, f"/u/{ada.leave_token()}", leave="page")
    assert page.status_code == 429
    assert "Very many unsubscribe just now. What you asked for is safe on our disk" in page.content.decode()
    replay_goodbyes(clock.now())
    assert ada.consent.permitted == ()


def test_a_yes_that_is_said_after_what_was_kept_stands_and_a_goodbye_after_it_too(
    ada, limits, spool_of_our_own
):
    limits(network=Rate(0, 0.001))
    leave(ada.leave_token())
    person = subscribers.by_id(ada.id)
    factories.say(person, EventKind.CONSENT_WITHDRAWN, now=clock.now())
    factories.say(person, EventKind.CONSENT_GIVEN, now=clock.now())
    replay_goodbyes(clock.now())
    assert ada.consent.permitted == (WEEKLY,)
    limits(network=Rate(0, 0.001))  # a second later
    leave(ada.leave_token())
    replay_goodbyes(clock.now())
    assert ada.consent.permitted == ()


def test_many_threads_share_one_limit_and_its_memory_does_not_grow(monkeypatch):
    monkeypatch.setattr(goodbye_limits, "MOST", 100)
    crowd, passed = Crowd(everybody=Rate(500, 0.001), network=Rate(10_000, 1)), []

    def come() -> None:
        for n in range(200):
            if crowd.wait(random_uid(), f"198.51.{n}.0/24", 1.0) == 0:
                passed.append(n)
            crowd.note_kept(random_uid(), 1.0)

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(passed) == 500
    assert len(crowd._full_until) == len(crowd._kept) == 100
    late = random_uid()
    crowd.note_kept(late, 2.5)
    assert list(crowd._kept) == [late]
    assert crowd.was_just_kept(late, 3.4)
    assert not crowd.was_just_kept(late, 3.5)
