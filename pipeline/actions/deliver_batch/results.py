"""What became of the attempts, recorded in groups (delivery.md B3, step 7)."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from functools import partial
from uuid import UUID

import psycopg
import structlog

from pipeline.actions.deliver_batch.batch import Batch
from pipeline.actions.deliver_batch.database import TRY_AGAIN, Database
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.replies import Outcome, Stage, Verdict
from pipeline.core.delivery.settlement import LONGEST_REPLY, Settlement, kept_reply, settlement
from pipeline.gateways import clock, failpoints
from pipeline.settings import current
from pipeline.store import flow, sending
from pipeline.store.sending import Acceptance, ClaimedDelivery, Ended, Link

GATHER = 0.008  # seconds that a group waits for more
FULL = 64

log = structlog.get_logger()


class Results:
    """Outcomes come in one by one and are committed together. None is dropped while the sender lives: what a database
    that is away cannot take waits here, and the journal has it besides.
    """

    def __init__(self, token: UUID, route: str, batch: Batch, ask: Callable[[], None]) -> None:
        """`ask` is called when the lanes should look whether they may go on."""
        self._token = token
        self._route = route
        self._batch = batch
        self._ask = ask
        self._accepted: dict[date, list[Acceptance]] = defaultdict(list)
        self._ended: dict[date, list[Ended]] = defaultdict(list)
        self._refused: dict[date, list[int]] = defaultdict(list)
        self._heard: list[tuple[str, Outcome]] = []
        self._mailing_of: dict[int, int] = {}
        self._waiting = 0
        self._recording = False
        self._something = asyncio.Event()
        self._enough = asyncio.Event()
        self._database = Database()
        self.stopped_mailings: set[int] = set()
        # Whose outcome the database was not told of yet: nobody may claim them.
        self.unrecorded: set[int] = set()

    # --- what lanes say

    def attempted(self, delivery: ClaimedDelivery, held: DeliveryState | None, outcome: Outcome) -> None:
        """An attempt ended. `held` is the state that its delivery was in, None where that is in doubt."""
        self.unrecorded.add(delivery.id)
        self._heard.append((delivery.domain, outcome))
        if outcome.verdict is Verdict.ACCEPTED and outcome.reply is not None:
            reply = outcome.reply
            self._accepted[delivery.period].append(
                Acceptance(delivery.id, reply.code, reply.enhanced or "", kept_reply(reply))
            )
        else:
            end = settlement(
                delivery.attempt_no + 1,
                delivery.expires_at,
                outcome,
                clock.now(),
                random.random(),  # noqa: S311
                current().retry_steps,
            )
            attempt = delivery.attempt_no + 1
            self._ended[delivery.period].append(Ended(delivery.id, held, end, attempt, outcome.suppresses))
        self._count()

    def unwritable(self, delivery: ClaimedDelivery, why: str) -> None:
        """A message that cannot be written fails alone; the others go (C7, row 73)."""
        self.unrecorded.add(delivery.id)
        end = Settlement(
            DeliveryState.FAILED,
            verdict="refused",
            stage=Stage.CONNECT.value,
            cause="unwritable",
            reason="unwritable",
            reply=why[:LONGEST_REPLY],
        )
        attempt = delivery.attempt_no + 1
        self._ended[delivery.period].append(Ended(delivery.id, DeliveryState.LEASED, end, attempt))
        self._count()

    def refused(self, delivery: ClaimedDelivery) -> None:
        """The barrier said no: why, is asked of the database."""
        self.unrecorded.add(delivery.id)
        self._refused[delivery.period].append(delivery.id)
        if delivery.mailing_id is not None:
            self._mailing_of[delivery.id] = delivery.mailing_id
        self._count()

    def _count(self) -> None:
        self._waiting += 1
        self._something.set()
        if self._waiting >= FULL:
            self._enough.set()

    # --- what the database is told

    @property
    def waiting(self) -> bool:
        """Whether an outcome is not recorded yet."""
        return bool(self._waiting) or self._recording

    async def run(self) -> None:
        """Record until cancelled."""
        while True:
            await self._something.wait()
            if self._waiting < FULL:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._enough.wait(), GATHER)
            await self.record()

    async def record(self) -> None:
        """Record all that waits, however long the database is away."""
        self._something.clear()
        self._enough.clear()
        self._waiting = 0
        self._recording = True
        accepted, self._accepted = self._accepted, defaultdict(list)
        ended, self._ended = self._ended, defaultdict(list)
        refused, self._refused = self._refused, defaultdict(list)
        heard, self._heard = self._heard, []
        recorded = set(self.unrecorded)
        for period in accepted:
            await self._surely(partial(self._accept, period, accepted[period]))
        for period in ended:
            await self._surely(partial(self._settle, period, ended[period]))
        for period in refused:
            await self._surely(partial(self._leave, period, refused[period]))
        if heard:
            await self._surely(partial(self._observe, heard))
        self.unrecorded -= recorded
        self._recording = False
        failpoints.reach("after_result")

    async def close(self) -> None:
        await self._database.drop()

    async def _surely(self, write: Callable[[Link], Awaitable[None]]) -> None:
        """Every write is fenced and may be said twice, so that it is said until it was heard."""
        while True:
            link = await self._database.back()
            failpoints.reach_soon("during_result")
            try:
                await write(link)
                return
            except TRY_AGAIN:
                continue
            except (
                psycopg.OperationalError,
                psycopg.InterfaceError,
                psycopg.InternalError,
                OSError,
            ) as error:
                log.warning("results.wait", error=type(error).__name__)
                await self._database.drop()

    async def _accept(self, period: date, rows: list[Acceptance], link: Link) -> None:
        ours = await sending.accept(link, self._token, period, rows)
        self._batch.accepted += len(ours)
        self._batch.settled += len(ours)
        if len(ours) < len(rows):
            # The write was said twice, or somebody judged this sender dead while it lived.
            log.warning("results.not_ours", deliveries=len(rows) - len(ours))

    async def _settle(self, period: date, rows: list[Ended], link: Link) -> None:
        ours = await sending.settle(link, self._token, period, self._route, rows, clock.now())
        self._batch.settled += len(ours)
        if len(ours) < len(rows):
            log.warning("results.not_ours", deliveries=len(rows) - len(ours))

    async def _observe(self, heard: list[tuple[str, Outcome]], link: Link) -> None:
        await flow.observe(link, self._route, heard, clock.now())

    async def _leave(self, period: date, ids: list[int], link: Link) -> None:
        found = await sending.obstacles(link, period, ids, clock.now())
        await sending.leave_unsent(link, self._token, period, found)
        for delivery_id, obstacle in found.items():
            mailing = self._mailing_of.pop(delivery_id, None)
            if obstacle.state == DeliveryState.QUEUED and mailing is not None:
                self.stopped_mailings.add(mailing)  # paused: what else is in hand of it need not be tried
        self._ask()
