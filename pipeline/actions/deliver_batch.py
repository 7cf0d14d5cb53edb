"""Send what is due: claim, fill, offer, commit the intent, send the dot, settle (delivery.md B3).

Nothing else in Rounds sends mail. One call holds one connection and one lease; many may run at once.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from django.db import DatabaseError

from pipeline.actions.write_message import Message, write_message
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.relay import parse_url
from pipeline.core.delivery.replies import Cause, Outcome, Stage, Verdict
from pipeline.core.delivery.settlement import Settlement, settlement
from pipeline.core.errors import RoundsError
from pipeline.gateways import clock, queue
from pipeline.gateways.journal import Journal
from pipeline.gateways.smtp import Connection, RouteFailed, Timeouts
from pipeline.settings import current
from pipeline.store import sending
from pipeline.store.sending import ClaimedDelivery, Obstacle
from pipeline.store.subscribers import random_uid

CLAIM = 25  # what is claimed is what a crash delays
GUARD_SECONDS = 1.0  # between the intent and the dot: a zombie must not send what it was allowed to long ago

log = structlog.get_logger()


@dataclass(slots=True)
class Batch:
    """What one call did. `route_failed` says in a sentence why it stopped early."""

    accepted: int = 0
    settled: int = 0
    route_failed: str = ""


@dataclass(slots=True)
class _Sender:
    """The lease, the journal and the connection of one call."""

    token: UUID
    journal: Journal
    batch: Batch = field(default_factory=Batch)
    connection: Connection | None = None
    called_for_help: bool = False

    def may_go_on(self, until: float) -> bool:
        """False when time is up, the relay has failed, or the worker was asked to stop."""
        return time.monotonic() < until and not self.batch.route_failed and not queue.stopping.is_set()

    def connected(self) -> Connection:
        if self.connection is None or not self.connection.usable:
            self.hang_up()
            settings = current()
            self.connection = Connection.open(
                parse_url(settings.smtp_url), settings.host or "localhost", Timeouts()
            )
        return self.connection

    def hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def deliver_batch(seconds: float) -> Batch:
    """Send until nothing is due or `seconds` have passed, then return. Safe to run twice, or never."""
    until = time.monotonic() + seconds
    token = random_uid()
    with Journal(current().data_dir / "journal", token) as journal:
        sender = _Sender(token, journal)
        try:
            while sender.may_go_on(until):
                claimed = sending.claim(token, CLAIM, clock.now())
                if not claimed:
                    break
                if len(claimed) == CLAIM and not sender.called_for_help:
                    sender.called_for_help = True
                    queue.enqueue(queue.Job.DRAIN)  # there is more than one connection's worth of work
                _send_all(sender, claimed, until)
        finally:
            sender.hang_up()
            sending.release(token)
    return sender.batch


def _send_all(sender: _Sender, claimed: list[ClaimedDelivery], until: float) -> None:
    for delivery in claimed:
        if not sender.may_go_on(until):
            return  # the rest goes back to the queue when the lease is released
        _send(sender, delivery)


def _send(sender: _Sender, delivery: ClaimedDelivery) -> None:
    try:
        message = write_message(delivery)
    except DatabaseError:
        raise
    except Exception as error:
        # Whatever is wrong with one letter, the others go (C7, row 73); nothing of it has left yet.
        log.exception("delivery.unwritable", delivery=delivery.id)
        _settle_unwritten(sender, delivery, f"{type(error).__name__}: the log says more")
        return
    try:
        connection = sender.connected()
    except RouteFailed as failed:
        _route_failed(sender, delivery, failed)
        return
    try:
        outcome = connection.send_body(message.mail_from, message.rcpt_to, message.data, message.envelope_id)
    except RoundsError as error:
        log.error("delivery.unsendable", delivery=delivery.id)
        _settle_unwritten(sender, delivery, str(error))
        return
    if outcome is not None:
        _settle(sender, delivery, DeliveryState.LEASED, outcome)
        return
    _dot(sender, connection, delivery, message)


def _dot(sender: _Sender, connection: Connection, delivery: ClaimedDelivery, message: Message) -> None:
    """The barrier: no dot without a committed intent, and none long after it."""
    asked = time.monotonic()
    try:
        allowed = sending.record_intent(delivery.id, delivery.stream, sender.token, clock.now())
    except DatabaseError:
        connection.abandon()  # in doubt whether it committed: no dot, and the reaper reads the journal
        raise
    if not allowed:
        connection.abandon()
        stopped = sending.obstacle(delivery.id, clock.now())
        sending.leave_unsent(delivery.id, sender.token, stopped)
        return
    if time.monotonic() - asked > GUARD_SECONDS:
        _settle(sender, delivery, DeliveryState.SENDING, connection.abandon())
        return
    attempt = delivery.attempt_no + 1
    sender.journal.dot(delivery.id, attempt)
    outcome = connection.finish()
    if outcome.reply is not None and outcome.verdict is not Verdict.UNKNOWN:
        sender.journal.reply(delivery.id, attempt, outcome.reply.code)
    _settle(sender, delivery, DeliveryState.SENDING, outcome)


def _settle(sender: _Sender, delivery: ClaimedDelivery, held: DeliveryState, outcome: Outcome) -> None:
    end = settlement(delivery.attempt_no + 1, delivery.expires_at, outcome, clock.now(), random.random())  # noqa: S311
    if not sending.settle(delivery.id, sender.token, held, delivery.attempt_no + 1, end):
        log.warning("delivery.lease_lost", delivery=delivery.id)
        return
    sender.batch.settled += 1
    sender.batch.accepted += end.state == DeliveryState.ACCEPTED
    if outcome.suppresses:
        sending.suppress_address_of(delivery.id, clock.now())
    if outcome.cause in (Cause.LOGIN, Cause.SENDER):
        sender.batch.route_failed = "The relay objects to us as the sender."


def _settle_unwritten(sender: _Sender, delivery: ClaimedDelivery, why: str) -> None:
    """A message that cannot be written fails alone; the others go (C7, row 73)."""
    end = Settlement(
        DeliveryState.FAILED,
        verdict="refused",
        stage=Stage.CONNECT.value,
        cause="unwritable",
        reason="unwritable",
        reply=why,
    )
    sending.settle(delivery.id, sender.token, DeliveryState.LEASED, delivery.attempt_no + 1, end)
    sender.batch.settled += 1


def _route_failed(sender: _Sender, delivery: ClaimedDelivery, failed: RouteFailed) -> None:
    """The relay is not there: nobody's attempt is used up, and this call ends (B5, first row)."""
    log.warning("route.failed", stage=failed.outcome.stage.value, cause=failed.outcome.cause.value)
    sending.leave_unsent(delivery.id, sender.token, Obstacle(DeliveryState.QUEUED, ""))
    sender.batch.route_failed = str(failed)
