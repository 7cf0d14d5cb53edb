"""A sender: one lease, one journal, and the lanes that share them."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from threading import Thread
from time import monotonic
from typing import TypeVar

import psycopg
import structlog
from django.db import connections

from pipeline.actions.check_fence import database_uid, fence_refusal
from pipeline.actions.deliver_batch.barrier import Barrier
from pipeline.actions.deliver_batch.batch import Batch
from pipeline.actions.deliver_batch.database import TRY_AGAIN, Database
from pipeline.actions.deliver_batch.lane import Lane
from pipeline.actions.deliver_batch.results import Results
from pipeline.actions.write_message import load_letters
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.relay import parse_route_url
from pipeline.core.delivery.replies import Cause, Failure, Stage, classify
from pipeline.core.delivery.route import Route
from pipeline.gateways import clock, failpoints, queue
from pipeline.gateways.dkim import SigningRefused, signing_refusal
from pipeline.gateways.journal import Journal, boot_id
from pipeline.gateways.outgoing import Outgoing, open_route
from pipeline.gateways.smtp import RouteFailed, Timeouts
from pipeline.settings import current
from pipeline.store import flow, sending
from pipeline.store.sending import ClaimedDelivery, Obstacle
from pipeline.store.subscribers import random_uid

ASK_AGAIN = 1.0  # seconds that the answers of the fence and of the keys are good for
BEAT = 5.0  # seconds between two signs of life
NO_TOKENS = 0.25  # seconds to wait where the route may send, and has sent as much as it may for now
FAREWELL = 30.0  # seconds that results wait, at the end, for a database that is away; the journal has them after that
TURN = 10.0  # seconds that a sender waits while another finds out whether the route works
TURN_EVERY = 0.05
OBJECTIONS = 5  # so many of us in a row, and the relay means us and not a recipient (B5)

log = structlog.get_logger()

T = TypeVar("T")


class Sender:
    """`run` it once."""

    def __init__(self, route: Route, seconds: float, *, bell: bool = True) -> None:
        """`bell`: ring for another sender where there is more work than one can do."""
        settings = current()
        self.route = route
        self.batch = Batch()
        self.busy = 0  # lanes with a delivery in hand
        self._until = monotonic() + seconds
        self._token = random_uid()
        self._width = settings.connections
        self._helo = settings.host or "localhost"
        self._timeouts = Timeouts().scaled(settings.patience)
        self._ready: deque[ClaimedDelivery] = deque()
        self._lanes: dict[asyncio.Task[None], Lane] = {}
        self._late: list[tuple[Lane, ClaimedDelivery]] | None = None
        self._last_grant = monotonic()
        self._failures: list[BaseException] = []
        self._connected = 0
        self._objections = 0
        self._over = False  # no more is claimed, and lanes end when nothing is ready
        self._may_call = bell
        self._asked = float("-inf")
        self._unsigned: str | None = None  # why no list mail may leave now
        self._door = asyncio.Lock()
        self._first = False  # we are finding out whether the route works, and others wait for that
        self._refused: RouteFailed | None = None
        self._move = asyncio.Event()  # something changed that a waiting lane or the claims want to know
        self._database = Database(durable=False)  # claims, and signs of life
        self._thread = ThreadPoolExecutor(1, "letters")
        self.barrier = Barrier(self._token, route.name, lambda: self.busy)
        self.results = Results(self._token, route.name, self.batch, self._stir)
        self.journal: Journal

    async def run(self) -> Batch:
        clean = False
        if refusal := await self._blocking(fence_refusal):
            self.stop_because(refusal)
            await self._blocking(connections.close_all)
            self._thread.shutdown()
            return self.batch
        database = await self._blocking(database_uid)
        self.journal = Journal(current().data_dir / "journal", self._token, database)
        try:
            link = await self._database.link()
            self.barrier.epoch = await sending.begin(
                link, self._token, socket.gethostname(), boot_id(), self.route.name
            )
            clean = await self._work()
        finally:
            self.journal.close(keep=not clean)
            for part in (self.barrier, self.results):
                await part.close()
            await self._database.drop()
            await self._blocking(connections.close_all)
            self._thread.shutdown()
        if self._failures:
            raise self._failures[0]
        return self.batch

    async def _blocking(self, ask: Callable[[], T]) -> T:
        """Ask something that blocks, in the sender's one thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, ask)

    # --- what lanes ask for

    async def next_delivery(self) -> ClaimedDelivery | None:
        """The next to send; None when there is nothing more for a lane to do. Counts the lane as busy."""
        while not self._should_stop():
            if self._ready:
                delivery = self._ready.popleft()
                if len(self._ready) <= self._width // 2:
                    self._stir()
                if delivery.mailing_id in self.results.stopped_mailings:
                    continue  # goes back to the queue with the lease
                self.busy += 1
                return delivery
            if self._over:
                return None
            self._move.clear()
            await self._move.wait()
        return None

    async def connect(self) -> Outgoing:
        """A new connection. Until the first has come about nobody else knocks: a relay that is down, or that does not
        know our password, is asked once and not by every lane, nor by every sender.
        """
        if not self._connected:
            async with self._door:
                if self._refused is not None:
                    raise self._refused
                if not self._connected:
                    await self._wait_for_our_turn()
                    opened = await self._open()
                    await self._end_our_turn()
                    return opened
        return await self._open()

    async def _open(self) -> Outgoing:
        opened = await open_route(self.route.url, self._helo, self._timeouts)
        self._connected += 1
        return opened

    async def _wait_for_our_turn(self) -> None:
        """Until it is known whether the route works. RouteFailed if it rests: it was at work when we claimed, and
        somebody else has found out since. And if somebody else is not done within `TURN`: what they are told is not
        for us to hear as well, and a sender that comes later will know.
        """
        until = monotonic() + TURN
        answer: flow.Knock | None = None
        with suppress(psycopg.Error, OSError):  # without an answer we go: no dot leaves without the database
            while (answer := await self._knock()) is flow.Knock.WAIT:
                if monotonic() > until or queue.stopping():
                    break
                await asyncio.sleep(TURN_EVERY)
        self._first = answer is flow.Knock.FIRST
        if answer in (flow.Knock.RESTS, flow.Knock.WAIT):
            rests = answer is flow.Knock.RESTS
            why = f"another sender {'could not use it a moment ago' if rests else 'has not found out yet if it works'}"
            self._refused = RouteFailed(
                parse_route_url(self.route.url), classify(Stage.CONNECT, Failure.UNREACHABLE), why
            )
            self.stop_because(str(self._refused))
            raise self._refused

    async def _knock(self) -> flow.Knock:
        return await flow.knock(await self._database.link(), self.route.name)

    async def _end_our_turn(self) -> None:
        if self._first:
            self._first = False
            with suppress(psycopg.Error, OSError):  # it ends with the connection, too
                await flow.knocked(await self._database.link(), self.route.name)

    def give_back(self, delivery: ClaimedDelivery) -> None:
        """A lane could not begin with it: somebody else may."""
        self._ready.appendleft(delivery)
        self._stir()

    async def lane_failed(self, failed: RouteFailed) -> None:
        """A lane found no connection and ends. The others go on: a relay may allow fewer than we tried. When none is
        left, or when the relay does not let us in, the route rests.
        """
        self._width -= 1
        cause = failed.outcome.cause
        # Those that fail together end together, so that it is not enough to count them.
        others = any(not lane.failed for lane in self._lanes.values())
        if cause is not Cause.LOGIN and self._connected and others:
            return
        if self._refused is not None:
            return
        self._refused = failed
        self.stop_because(str(failed))
        log.warning("route.failed", route=self.route.name, cause=cause.value)
        with suppress(psycopg.Error, OSError):
            await flow.route_failed(
                await self._database.link(), self.route.name, cause, str(failed), clock.now()
            )
        await self._end_our_turn()

    def objected_to(self, objected: bool) -> None:
        """Whether the relay refused us as the sender, and not a recipient or nobody."""
        self._objections = self._objections + 1 if objected else 0
        if self._objections >= OBJECTIONS:
            self.stop_because("The relay objects to us as the sender. The log and `rounds alerts` say more.")

    def stop_because(self, sentence: str) -> None:
        """Take nothing more, and say why."""
        self.batch.route_failed = self.batch.route_failed or sentence
        self._stir()

    # --- the work

    async def _work(self) -> bool:
        """True when all that was held is settled in the database."""
        helpers = [
            asyncio.create_task(part) for part in (self.barrier.run(), self.results.run(), self._beat())
        ]
        for task in helpers:
            task.add_done_callback(self._part_done)
        try:
            await self._claims()
            while self._lanes:
                await asyncio.wait(self._lanes)
        finally:
            self._over = True
            self._stir()
            if self._lanes:
                await asyncio.wait(self._lanes)
            clean = await self._farewell()
            for task in helpers:
                task.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
        return clean and not self._failures

    async def _claims(self) -> None:
        """Keep something ready for each lane: claimed is at most three times what the lanes can hold."""
        while not self._should_stop():
            if len(self._ready) > self._width // 2:
                self._move.clear()
                await self._move.wait()
                continue
            wanted = 3 * self._width - len(self._ready) - self.busy
            try:
                claimed = await self._claim(max(wanted, 1))
            except TRY_AGAIN:
                await self._release_unheld()  # the claim itself may have been committed before
                continue
            except (psycopg.Error, OSError) as error:
                log.warning("claims.wait", error=type(error).__name__)
                await self._claim_lost()
                continue
            if claimed is None:
                await asyncio.sleep(NO_TOKENS)
                continue
            if not claimed:
                break
            # Only what may be sent is claimed: a mailing among these was paused and goes on.
            self.results.stopped_mailings.difference_update(d.mailing_id for d in claimed)
            self._ready.extend(claimed)
            self._open_lanes()
            self._stir()
        self._over = True
        self._stir()

    async def _claim(self, wanted: int) -> list[ClaimedDelivery] | None:
        """Lease what is due; None where the route may send more only in a moment."""
        if monotonic() - self._asked > ASK_AGAIN:
            # Each intent asks again whether sending goes on; this only saves offering what would be refused.
            refusal, self._unsigned = await self._blocking(self._refusals)
            self._asked = monotonic()
            if refusal:
                self.stop_because(refusal)
                return []
        link, now = await self._database.link(), clock.now()
        granted = await flow.take(link, self.route.name, wanted, now)
        if granted <= 0:
            # A route that may send nothing for a while is left: the next bell asks again.
            return None if self.busy or monotonic() - self._last_grant < 1 else []
        self._last_grant = monotonic()
        claimed = await sending.claim(
            link,
            self._token,
            granted,
            now,
            letters=self.route.letters,
            issues=self.route.issues and not self._unsigned,
            held=self._held(),
        )
        failpoints.reach("after_claim")
        if len(claimed) < granted:
            await flow.put_back(link, self.route.name, granted - len(claimed))
        elif self._may_call:
            self._may_call = False
            # There is more than one sender's worth of work. Redis may take seconds to hear it, and the letters do not
            # wait for that.
            Thread(target=_call_for_help, daemon=True).start()
        later = await flow.shape(link, [(d.id, d.domain) for d in claimed], now)
        if later:
            await self._put_off(link, claimed, later)
            claimed = [d for d in claimed if d.id not in later]
            if not claimed:
                return None
        if claimed:
            try:
                await self._blocking(partial(load_letters, claimed))
            except SigningRefused as refused:
                self.stop_because(str(refused))
                return None  # the lease is released at the end, and they go on waiting
        return claimed

    def _refusals(self) -> tuple[str | None, str | None]:
        """Why nothing may be claimed, and why no list mail may, as sentences. No list mail leaves unsigned (U-04);
        letters that one person asked for do.
        """
        return fence_refusal(self.barrier.epoch), signing_refusal(current())

    async def _put_off(
        self, link: sending.Link, claimed: list[ClaimedDelivery], later: dict[int, datetime]
    ) -> None:
        """Their domains have had as much as they may for now."""
        groups: dict[date, dict[int, Obstacle]] = {}
        for delivery in claimed:
            if delivery.id in later:
                groups.setdefault(delivery.period, {})[delivery.id] = Obstacle(DeliveryState.QUEUED, "")
        for period, found in groups.items():
            await sending.leave_unsent(link, self._token, period, found, later)

    async def _claim_lost(self) -> None:
        """A claim may have been committed that we were not told of: give back all but what we know we hold."""
        await self._database.drop()
        await self._release_unheld()

    async def _release_unheld(self) -> None:
        link = await self._database.back()
        with suppress(psycopg.Error, OSError):
            await sending.release(link, self._token, keep=self._held())

    def _held(self) -> list[int]:
        """Those that wait, those in hand, and those whose outcome is not recorded. None of them may be given back, nor
        claimed anew where a crash of the database took the claim back: the outcome of the old would be taken for one
        of the new.
        """
        in_hand = [lane.delivery.id for lane in self._lanes.values() if lane.delivery is not None]
        return [d.id for d in self._ready] + in_hand + list(self.results.unrecorded)

    def _open_lanes(self) -> None:
        while len(self._lanes) < min(self._width, self.busy + len(self._ready)):
            lane = Lane(self)
            task = asyncio.create_task(lane.run())
            self._lanes[task] = lane
            task.add_done_callback(self._lane_done)

    def _lane_done(self, task: asyncio.Task[None]) -> None:
        self._lanes.pop(task, None)
        self._part_done(task)

    def _part_done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failures.append(error)
            self.stop_because("The sender failed in a way that nobody foresaw. The log says more.")
        self._stir()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            with suppress(psycopg.Error, OSError):
                await sending.beat(await self._database.link(), self._token)
            self._stir()

    async def _farewell(self) -> bool:
        """Record what is left, give back what was not begun. False where the database could not be told of it all."""
        try:
            async with asyncio.timeout(FAREWELL):
                while self.results.waiting:
                    await asyncio.sleep(0.005)
                failpoints.reach("before_return")
                link = await self._database.back()
                await sending.release(link, self._token)
                await flow.flush(link)
                if not self._failures:
                    await sending.end(link, self._token)
                return True
        except (TimeoutError, psycopg.Error, OSError):
            log.warning("sender.left_to_the_reaper")
            return False

    # --- when to stop

    def _should_stop(self) -> bool:
        """Time is up and nobody is waited for; or the relay has failed; or the worker was asked to stop."""
        if self.batch.route_failed or queue.stopping():
            return True
        return monotonic() >= self._until and not self._somebody_is_slow()

    def _somebody_is_slow(self) -> bool:
        """A lane waits for its relay beyond our time. It is waited for, and the others need not be idle meanwhile."""
        if self._late is None:
            self._late = [(lane, lane.delivery) for lane in self._lanes.values() if lane.delivery is not None]
        return any(lane.delivery is delivery for lane, delivery in self._late)

    def _stir(self) -> None:
        self._move.set()


def _call_for_help() -> None:
    try:
        queue.enqueue(queue.Job.DRAIN)
    finally:
        connections.close_all()
