"""One connection's life within a sender: a delivery, its body, the barrier, its dot, the next (delivery.md B3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from pipeline.actions.deliver_batch.barrier import InDoubt
from pipeline.actions.write_message import write_message
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.recovery import NO_DOT_LEFT, code_noted
from pipeline.core.delivery.replies import Cause
from pipeline.core.errors import RoundsError
from pipeline.gateways import clock, failpoints
from pipeline.gateways.dkim import SigningRefused
from pipeline.gateways.outgoing import Outgoing
from pipeline.gateways.smtp import RouteFailed
from pipeline.store.sending import ClaimedDelivery

if TYPE_CHECKING:
    from pipeline.actions.deliver_batch.sender import Sender

# Seconds between the intent and the dot: a zombie must not send what it was allowed to long ago. It also bounds how
# long after an acknowledged goodbye a dot may leave (G6).
GUARD = 1.0

log = structlog.get_logger()


class Lane:
    """One after the other, for as long as the sender has something to send."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._connection: Outgoing | None = None
        self.delivery: ClaimedDelivery | None = None  # in hand
        self.failed = False  # it found no connection, and ends

    async def run(self) -> None:
        try:
            while (delivery := await self._sender.next_delivery()) is not None:
                self.delivery = delivery
                try:
                    await self._send(delivery)
                finally:
                    self.delivery = None
                    self._sender.busy -= 1
        except RouteFailed as failed:
            self.failed = True
            await self._sender.lane_failed(failed)
        finally:
            if self._connection is not None:
                await self._connection.close()

    async def _send(self, delivery: ClaimedDelivery) -> None:
        sender = self._sender
        sender.journal.writing(delivery.id)
        try:
            message = write_message(delivery)
        except SigningRefused as refused:
            # A key is gone: no letter is at fault, and what waits goes on waiting (C8, row 84).
            sender.give_back(delivery)
            sender.stop_because(str(refused))
            return
        except RoundsError as error:
            sender.results.unwritable(delivery, str(error))
            return
        except Exception:
            # Whatever is wrong with one letter, the others go (C7, row 73); nothing of it has left yet.
            log.exception("delivery.unwritable", delivery=delivery.id)
            sender.results.unwritable(delivery, "It cannot be written. The log says more.")
            return
        finally:
            sender.journal.writing(0)
        connection = self._connection
        if connection is None or not connection.usable:
            connection = await self._connect(delivery)
        try:
            outcome = await connection.offer(
                message.mail_from, message.rcpt_to, message.data, message.envelope_id
            )
        except RoundsError as error:
            log.error("delivery.unsendable", delivery=delivery.id)
            sender.results.unwritable(delivery, str(error))
            return
        failpoints.reach("after_offer")
        if outcome is not None:
            sender.results.attempted(delivery, DeliveryState.LEASED, outcome)
            sender.objected_to(outcome.cause is Cause.SENDER)
            return
        await self._pass_the_barrier(delivery, connection)

    async def _pass_the_barrier(self, delivery: ClaimedDelivery, connection: Outgoing) -> None:
        """No dot without a committed intent, and none long after it."""
        sender = self._sender
        try:
            asked = await sender.barrier.ask(delivery)
        except InDoubt:
            sender.results.attempted(delivery, None, connection.abandon())
            return
        if asked is None:
            connection.abandon()
            sender.results.refused(delivery)
            return
        if clock.elapsed() - asked > GUARD:
            sender.results.attempted(delivery, DeliveryState.SENDING, connection.abandon())
            return
        await self._dot(delivery, connection, asked)

    async def _dot(self, delivery: ClaimedDelivery, connection: Outgoing, asked: float) -> None:
        sender, attempt = self._sender, delivery.attempt_no + 1
        try:
            sender.journal.dot(delivery.id, attempt)
        except OSError as error:
            sender.results.attempted(delivery, DeliveryState.SENDING, connection.abandon())
            sender.stop_because(
                f"The journal cannot be written ({error.strerror}), and no dot leaves without it."
            )
            return
        failpoints.reach("after_dot_line")
        if clock.elapsed() - asked > GUARD:
            self._note(delivery, attempt, NO_DOT_LEFT)
            sender.results.attempted(delivery, DeliveryState.SENDING, connection.abandon())
            return
        outcome = await connection.dot()
        failpoints.reach("after_reply")
        self._note(delivery, attempt, code_noted(outcome))
        failpoints.reach("after_reply_line")
        sender.results.attempted(delivery, DeliveryState.SENDING, outcome)

    def _note(self, delivery: ClaimedDelivery, attempt: int, code: int) -> None:
        try:
            self._sender.journal.reply(delivery.id, attempt, code)
        except OSError as error:  # the result is known, and the database will be told
            self._sender.stop_because(f"The journal cannot be written ({error.strerror}).")

    async def _connect(self, delivery: ClaimedDelivery) -> Outgoing:
        """A new connection. Where none is to be had nobody's attempt is used up (B5, first row)."""
        sender = self._sender
        if self._connection is not None:
            await self._connection.close()
            self._connection = None
        try:
            self._connection = await sender.connect()
        except BaseException:
            sender.give_back(delivery)
            raise
        failpoints.reach("after_connect")
        return self._connection
