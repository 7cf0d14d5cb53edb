"""The doorbell: heard once, after the commit, and never waited for."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import redis
from django.db import transaction

from pipeline.gateways import queue
from pipeline.gateways.queue import Job
from pipeline.settings import PROJECT, current


@pytest.fixture
def bells(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> redis.Redis:
    """The Redis that the queue of this test rings in."""
    settings = replace(current(), redis_url=redis_url)
    monkeypatch.setattr(queue, "current", lambda: settings)
    monkeypatch.setattr(queue, "_asleep_until", 0.0)
    return redis.Redis.from_url(redis_url)


def _heard(bells: redis.Redis) -> list[str]:
    return [json.loads(message)["headers"]["task"] for message in bells.lrange("rounds:rounds", 0, -1)]


@contextmanager
def _frozen(data_dir: Path) -> Iterator[None]:
    server = psutil.Process(int((data_dir / "redis.pid").read_text()))
    server.suspend()
    try:
        yield
    finally:
        server.resume()


@pytest.mark.django_db(transaction=True)
def test_a_bell_is_heard_after_the_commit_and_not_before(bells: redis.Redis) -> None:
    with transaction.atomic():
        queue.ring()
        assert _heard(bells) == []
    assert _heard(bells) == ["rounds.drain"]


@pytest.mark.django_db(transaction=True)
def test_a_bell_of_a_transaction_that_failed_is_not_heard(bells: redis.Redis) -> None:
    with transaction.atomic():
        queue.ring()
        transaction.set_rollback(True)
    assert _heard(bells) == []


@pytest.mark.django_db(transaction=True)
def test_many_rings_at_once_are_one(bells: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "BELL_MILLISECONDS", 60_000)  # however slow the machine is, this is at once
    for _ in range(10):
        queue.ring()
    assert _heard(bells) == ["rounds.drain"]


@pytest.mark.django_db(transaction=True)
def test_a_job_carries_its_ids_and_expires(bells: redis.Redis) -> None:
    queue.enqueue(Job.DRAIN, 7, 8)
    message = json.loads(bells.lrange("rounds:rounds", 0, -1)[0])
    assert message["headers"]["argsrepr"] == "(7, 8)"
    assert message["headers"]["expires"]
    assert message["headers"]["ignore_result"]


@pytest.mark.django_db(transaction=True)
def test_a_frozen_redis_holds_nobody_for_long_and_the_next_not_at_all(
    bells: redis.Redis, data_dir: Path
) -> None:
    with _frozen(data_dir):
        started = time.monotonic()
        queue.ring()
        first = time.monotonic() - started
        for _ in range(20):
            queue.ring()
            queue.enqueue(Job.TICK)
        assert first < 3
        assert time.monotonic() - started - first < 0.5


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_is_not_there_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(current(), redis_url="redis://127.0.0.1:1/0")
    monkeypatch.setattr(queue, "current", lambda: settings)
    monkeypatch.setattr(queue, "_asleep_until", 0.0)
    started = time.monotonic()
    queue.ring()
    queue.enqueue(Job.TICK)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("module", ["worker", "scheduler"])
def test_the_processes_of_the_queue_refuse_a_bad_setting_with_a_sentence(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUNDS_TICK_SECONDS", "99")
    told = subprocess.run(
        [sys.executable, "-c", f"import {module}"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 2
    assert "ROUNDS_TICK_SECONDS" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_timetable_is_one_tick_and_the_jobs_have_their_names() -> None:
    code = (
        "from scheduler import app; "
        "print(sorted(app.conf.beat_schedule), app.conf.beat_schedule['tick']['schedule'], app.conf.worker_pool, "
        "*sorted(name for name in app.tasks if name.startswith('rounds.')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert told.stdout == "['tick'] 5.0 prefork rounds.drain rounds.feeds rounds.import rounds.tick\n"


def test_the_bell_is_rung_in_the_database_that_the_address_names(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = redis_url.partition("?")[0] + "?db=15"
    monkeypatch.setattr(queue, "current", lambda: replace(current(), redis_url=address))
    monkeypatch.setattr(queue, "_asleep_until", 0.0)
    named = redis.Redis.from_url(address)
    named.flushdb()
    queue._send(Job.DRAIN, ())
    assert _heard(named) == ["rounds.drain"]
    named.flushdb()


POISON = (
    b"\x00\xff no job of ours",
    b"[1, 2, 3]",
    b'{"body": "", "properties": {}}',
    b'{"body": "?", "properties": {"body_encoding": "base64"}}',
    b'{"body": "", "properties": [1]}',
)


@pytest.mark.parametrize("poison", POISON)
def test_a_message_that_nobody_can_read_keeps_nobody_from_the_next(
    bells: redis.Redis, redis_url: str, poison: bytes
) -> None:
    heard: list[object] = []
    app = queue.celery_app()
    address = queue.broker_url(replace(current(), redis_url=redis_url))
    options = {"global_keyprefix": "rounds:"}
    bells.rpush("rounds:rounds", poison)  # what is taken first
    with app.connection_for_read(address, transport_options=options) as connection:
        queue._ring(Job.DRAIN)
        with connection.Consumer(
            app.amqp.queues["rounds"], callbacks=[lambda _, message: heard.append(message.ack())]
        ):
            while not heard:
                connection.drain_events(timeout=10)
    assert bells.llen("rounds:rounds") == 0
