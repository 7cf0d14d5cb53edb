"""The public pages of a process share a few connections to PostgreSQL, and nobody waits for one for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from pipeline.actions.replay_goodbyes import replay_goodbyes
from pipeline.gateways import clock
from pipeline.web import turns
from pipeline.web.public import page, sign_up
from pipeline.web.turns import end_turn, take_turns, turn
from tests.another_session import another_session

pytestmark = pytest.mark.django_db(transaction=True)


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


@pytest.fixture
def two_turns() -> Iterator[None]:
    take_turns(2)
    yield
    take_turns(0)


@pytest.fixture
def crowd() -> Iterator[Callable[[Callable[[], int]], list[int]]]:
    """`crowd(act)` lets twelve threads do it at once; gives what each returned."""
    with ThreadPoolExecutor(12) as pool:

        def at_once(act: Callable[[], int]) -> list[int]:
            ready = threading.Barrier(12, timeout=10)

            def one(_: int) -> int:
                ready.wait()
                try:
                    return act()
                finally:
                    connections.close_all()

            return list(pool.map(one, range(12)))

        yield at_once


def test_twelve_requests_at_once_are_all_answered_over_two_connections(two_turns, crowd):
    seen: set[int] = set()

    def ask() -> int:
        with turn(10):
            seen.add(backend())
            time.sleep(0.01)
        return 200

    assert crowd(ask) == [200] * 12
    assert len(seen) == 2


def test_who_has_waited_longest_is_next(two_turns):
    order: list[int] = []

    def ask(number: int) -> None:
        with turn(10):
            order.append(number)

    with turn(10), ThreadPoolExecutor(4) as pool:
        other = turn(10)
        pool.submit(other.__enter__).result()
        waiting = []
        for number in range(3):
            waiting.append(pool.submit(ask, number))
            time.sleep(0.05)
        end_turn()
        for each in waiting:
            each.result(5)
    assert order == [0, 1, 2]


def test_the_connection_that_was_given_back_last_is_taken_first(two_turns):
    with turn(1):
        first = backend()
    with turn(1):
        assert backend() == first


def test_a_connection_that_postgresql_has_ended_is_made_anew_and_no_page_fails(two_turns, joins):
    visitor, ada = Client(), joins("ada")
    assert visitor.get("/signup/").status_code == 200
    with turn(1):
        ended = backend()
    connection.close()
    with another_session(autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    assert visitor.post(f"/u/{ada.leave_token()}").status_code == 200
    assert ada.consent.permitted == ()


def test_a_goodbye_that_finds_all_connections_at_work_goes_to_the_disk_and_takes_effect(
    two_turns, joins, machine, spool_of_our_own, monkeypatch
):
    monkeypatch.setattr(page, "PUBLIC_PAGE", 0.2)
    ada = joins("ada")
    token = ada.leave_token()
    taken, over = threading.Barrier(3, timeout=10), threading.Event()

    def work() -> None:
        with turn(5):
            taken.wait()
            over.wait(10)

    with ThreadPoolExecutor(2) as pool:
        at_work = [pool.submit(work), pool.submit(work)]
        taken.wait()
        assert machine.post(f"/u/{token}").status_code == 202
        over.set()
        for each in at_work:
            each.result(5)
    assert replay_goodbyes(clock.now()) == 1
    assert ada.consent.permitted == ()


def test_an_answer_that_waits_on_purpose_holds_no_connection(two_turns, monkeypatch):
    free = []
    monkeypatch.setattr(sign_up.time, "sleep", lambda _: free.append(len(turns._turns._free)))
    with turn(1):
        backend()
        sign_up.take_as_long(time.monotonic())
        with page.always_as_long():
            backend()  # what is asked after all goes over a connection of the thread's own
    assert free == [2, 2]


def test_what_is_left_open_by_a_failure_is_not_handed_on(two_turns):
    def fail() -> None:
        with turn(1), transaction.atomic():
            backend()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with turn(1):
        assert not connection.in_atomic_block
        assert backend()


@pytest.mark.parametrize("when", ["as it is looked at", "as it is given back"])
def test_a_connection_that_fails_is_not_lost_to_those_who_come_later(two_turns, monkeypatch, when):
    def fail(*_: object) -> None:
        raise OSError("bad file descriptor")

    for _ in range(3):
        with monkeypatch.context() as patch:
            if when == "as it is looked at":
                patch.setattr(turns, "_open", fail)
            else:
                for each in turns._turns._free:
                    patch.setattr(each, "close_if_unusable_or_obsolete", fail)
            with pytest.raises(OSError, match="bad file"), turn(1):
                backend()
    assert len(turns._turns._free) == 2
    with turn(1):
        assert backend()
