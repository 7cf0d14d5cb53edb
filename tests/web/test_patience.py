"""PostgreSQL is there and does not answer: nobody waits for ever, and no goodbye is lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, close_old_connections, connection

from pipeline.actions.replay_goodbyes import replay_goodbyes
from pipeline.gateways import clock
from pipeline.web import patience
from pipeline.web.public import page
from tests.another_session import another_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_in_the_web(transactional_db, monkeypatch) -> Iterator[None]:
    """The limits of the web's process, a good deal shorter."""
    monkeypatch.setattr(page, "PUBLIC_PAGE", 0.5)
    patience.limit_waiting()
    connection.close()
    yield
    connection.close()


@pytest.fixture
def leaves(as_in_the_web, joins, machine, spool_of_our_own) -> Callable[[], int]:
    """Ada's one-click goodbye: the status of its answer. It must come soon."""
    ada = joins("ada")
    token = ada.leave_token()

    def leave() -> int:
        started = time.monotonic()
        answer = machine.post(f"/u/{token}")
        assert time.monotonic() - started < 3
        close_old_connections()  # as at the end of every request
        return answer.status_code

    leave.ada = ada  # type: ignore[attr-defined]
    return leave


def applied(leaves) -> bool:
    return replay_goodbyes(clock.now()) == 1 and leaves.ada.consent.permitted == ()


@pytest.mark.holds("U-15")
def test_a_goodbye_that_a_lock_holds_up_goes_to_the_disk_and_takes_effect(leaves):
    with another_session() as other:
        other.execute("SELECT 1 FROM subscriber FOR UPDATE")
        assert leaves() == 202
    assert applied(leaves)


def test_a_goodbye_to_a_frozen_postgresql_goes_to_the_disk_and_takes_effect(leaves):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
    os.kill(backend, signal.SIGSTOP)
    try:
        assert leaves() == 202
    finally:
        os.kill(backend, signal.SIGCONT)
    assert applied(leaves)


def test_postgresql_itself_ends_what_takes_too_long_in_the_web(as_in_the_web):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert cursor.fetchone() == ("2s", "20s")


def test_a_statement_outlives_the_limit_where_no_page_waits_for_it(as_in_the_web):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.6)")
    with patience.for_at_most(0.2), pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.6)")
