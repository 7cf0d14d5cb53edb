"""The barrier before the dots: the intents of all lanes that wait are committed together (delivery.md B3, step 3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import psycopg

from pipeline.actions.deliver_batch.database import TRY_AGAIN, Database
from pipeline.actions.replay_goodbyes import goodbyes_wait
from pipeline.gateways import clock, failpoints
from pipeline.store import sending
from pipeline.store.sending import ClaimedDelivery

# Seconds that a group waits for more lanes. It costs each message as much of its time, and none of its throughput.
GATHER = 0.003
# Of the lanes that may come, how many a group waits for. While it is committed the others offer and answer: with all of
# them in one group, processor and disk would wait for each other in turn (docs/decisions/0014).
SHARE = 0.5


class InDoubt(Exception):  # noqa: N818 - it reads as what happened
    """Whether the intent was committed is not known, so that no dot may be sent."""


class Barrier:
    """Lanes ask; one commit answers all that ask at the same time."""

    def __init__(self, token: UUID, route: str, expected: Callable[[], int]) -> None:
        """`expected` says how many lanes may come to the barrier: a group that has half of them waits for no more."""
        self._token = token
        self._route = route
        self._expected = expected
        self._asking: list[tuple[ClaimedDelivery, asyncio.Future[float | None]]] = []
        self._somebody = asyncio.Event()
        self._enough = asyncio.Event()
        self._database = Database()
        self.epoch = 0

    def ask(self, delivery: ClaimedDelivery) -> asyncio.Future[float | None]:
        """The moment (clock.elapsed) just before the intent was asked for, from which the guard counts; None for a no.

        Raises InDoubt where the database did not say.
        """
        answer = asyncio.get_running_loop().create_future()
        self._asking.append((delivery, answer))
        self._somebody.set()
        if len(self._asking) >= self._expected() * SHARE:
            self._enough.set()
        return answer

    async def run(self) -> None:
        """Answer until cancelled."""
        while True:
            await self._somebody.wait()
            if not self._enough.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._enough.wait(), GATHER)
            group, self._asking = self._asking, []
            self._somebody.clear()
            self._enough.clear()
            await self._answer(group)

    async def close(self) -> None:
        await self._database.drop()

    async def _answer(self, group: list[tuple[ClaimedDelivery, asyncio.Future[float | None]]]) -> None:
        try:
            asked, allowed = await self._commit([delivery for delivery, _ in group])
        except (psycopg.Error, OSError) as error:
            await self._database.drop()
            for _, answer in group:
                if not answer.done():
                    answer.set_exception(InDoubt(str(error)))
            return
        for delivery, answer in group:
            if not answer.done():
                answer.set_result(asked if delivery.id in allowed else None)

    async def _commit(self, deliveries: list[ClaimedDelivery]) -> tuple[float, set[int]]:
        for last in (False, False, True):
            link = await self._database.link()
            if goodbyes_wait():  # of the time when the database was away: they come before any dot (G7)
                raise psycopg.OperationalError("goodbyes are still to be applied")
            failpoints.reach("before_intent")
            failpoints.reach_soon("during_intent")
            asked = clock.elapsed()
            try:
                allowed = await sending.record_intents(
                    link, self._token, self.epoch, self._route, deliveries, clock.now()
                )
            except TRY_AGAIN:
                if last:
                    raise
                continue
            failpoints.reach("after_intent")
            return asked, allowed
        raise AssertionError("the last try returns or raises")
