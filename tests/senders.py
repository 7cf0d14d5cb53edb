"""A sender's steps one by one, for tests that stand between them. Each has a connection of its own, as senders have."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.replies import Reply
from pipeline.core.delivery.settlement import Settlement
from pipeline.store import link, sending
from pipeline.store.sending import Acceptance, ClaimedDelivery, Ended, Link, Obstacle
from pipeline.store.subscribers import random_uid

T = TypeVar("T")


def ask(question: Callable[[Link], Awaitable[T]]) -> T:
    """Run one question on a connection that is closed after it."""

    async def run() -> T:
        opened = await link.connect()
        try:
            return await question(opened)
        finally:
            await opened.close()

    return asyncio.run(run())


def epoch() -> int:
    async def read(link_: Link) -> int:
        row = await (await link_.execute("SELECT epoch FROM instance")).fetchone()
        return int(row[0])

    return ask(read)


def claim(token: UUID, limit: int, now: datetime, held: Collection[int] = ()) -> list[ClaimedDelivery]:
    return ask(lambda link_: sending.claim(link_, token, limit, now, held=held))


def intents(token: UUID, deliveries: Sequence[ClaimedDelivery], now: datetime) -> set[int]:
    """The ids that may be sent."""
    current = epoch()
    return ask(lambda link_: sending.record_intents(link_, token, current, "relay", deliveries, now))


def obstacle(delivery: ClaimedDelivery, now: datetime) -> Obstacle:
    return ask(lambda link_: sending.obstacles(link_, delivery.period, [delivery.id], now))[delivery.id]


def leave_unsent(token: UUID, delivery: ClaimedDelivery, found: Obstacle) -> bool:
    return bool(ask(lambda link_: sending.leave_unsent(link_, token, delivery.period, {delivery.id: found})))


def accept(token: UUID, delivery: ClaimedDelivery, reply: Reply | None = None) -> bool:
    """The relay said yes."""
    said = reply or Reply(250, ("2.0.0 queued",))
    line = Acceptance(delivery.id, said.code, said.enhanced or "", said.text)
    return bool(ask(lambda link_: sending.accept(link_, token, delivery.period, [line])))


def settle(
    token: UUID, delivery: ClaimedDelivery, held: DeliveryState | None, end: Settlement, now: datetime
) -> bool:
    line = Ended(delivery.id, held, end, delivery.attempt_no + 1)
    return bool(ask(lambda link_: sending.settle(link_, token, delivery.period, "relay", [line], now)))


def release(token: UUID) -> int:
    return ask(lambda link_: sending.release(link_, token))


def token() -> UUID:
    return random_uid()


@contextmanager
def intents_under_way(
    token: UUID, deliveries: Sequence[ClaimedDelivery], now: datetime
) -> Iterator[set[int]]:
    """The intents are written and not committed until the block is left. Gives the ids that were allowed."""
    current = epoch()
    with asyncio.Runner() as runner:
        opened = runner.run(link.connect())
        try:
            runner.run(opened.execute("BEGIN"))
            yield runner.run(sending.record_intents(opened, token, current, "relay", deliveries, now))
            runner.run(opened.execute("COMMIT"))
        finally:
            runner.run(opened.close())
