"""Whom a commit of intents waits for, and whom it does not."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.actions.deliver_batch import barrier as barriers
from pipeline.actions.deliver_batch.barrier import Barrier, InDoubt
from pipeline.actions.open_due import open_due
from pipeline.gateways import spool
from pipeline.store.subscribers import random_uid
from tests import factories, senders
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)  # a barrier has a connection of its own


@pytest.fixture
def four(monkeypatch):
    """A barrier that four lanes may come to, and their deliveries."""
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW)
    factories.notices()
    factories.readers(("ada", "ben", "cleo", "dora"))
    factories.campaign()
    open_due(NOW)
    token = random_uid()
    claimed, epoch = senders.claim(token, 4, NOW), senders.epoch()

    def made() -> Barrier:
        found = Barrier(token, "relay", lambda: 4)
        found.epoch = epoch
        return found

    return made, claimed


def answered(four, lanes: int, seconds: float) -> int:
    """How many of so many lanes that ask are answered within `seconds`."""
    made, claimed = four

    async def run() -> int:
        found = made()
        work = asyncio.create_task(found.run())
        asked = [found.ask(delivery) for delivery in claimed[:lanes]]
        done, _ = await asyncio.wait(asked, timeout=seconds)
        work.cancel()
        await found.close()
        assert all(future.result() is not None for future in done), "an intent was refused"
        return len(done)

    return asyncio.run(run())


def test_half_of_the_lanes_are_enough(four, monkeypatch):
    monkeypatch.setattr(barriers, "GATHER", 60)
    assert answered(four, 2, 10) == 2


def test_less_than_half_wait_for_others(four, monkeypatch):
    monkeypatch.setattr(barriers, "GATHER", 60)
    assert answered(four, 1, 0.3) == 0


def test_no_intent_is_recorded_while_goodbyes_wait_that_came_without_the_database(
    four, tmp_path, monkeypatch
):
    made, claimed = four
    monkeypatch.setattr("pipeline.actions.replay_goodbyes.spool_folder", lambda: tmp_path)
    spool.add(tmp_path, {})

    async def asked() -> list[object]:
        found = made()
        work = asyncio.create_task(found.run())
        answers = await asyncio.gather(*(found.ask(each) for each in claimed), return_exceptions=True)
        work.cancel()
        await found.close()
        return answers

    assert {type(answer) for answer in asyncio.run(asked())} == {InDoubt}
    with spool.taken(tmp_path) as parts:
        for part in parts:
            spool.applied(part)
    assert {type(answer) for answer in asyncio.run(asked())} == {float}


def test_nobody_waits_for_long(four, monkeypatch):
    monkeypatch.setattr(barriers, "GATHER", 0.05)
    assert answered(four, 1, 10) == 1
