"""The SMTP client, one call at a time, for tests that tell a conversation line by line.

The event loop runs within each call and stands still between them. `listen` lets it run on, as it does in a sender.
"""

from __future__ import annotations

import asyncio
import ssl
from types import TracebackType
from typing import Self

from pipeline.core.delivery.relay import Relay
from pipeline.core.delivery.replies import Outcome
from pipeline.core.message.wire import Wire
from pipeline.gateways.smtp import Connection, Timeouts

QUICK = Timeouts(*[5.0] * 11, quit=0.2)


class BlockingConnection:
    def __init__(
        self, relay: Relay, timeouts: Timeouts = QUICK, *, tls_context: ssl.SSLContext | None = None
    ) -> None:
        self._runner = asyncio.Runner()
        opening = Connection.open(relay, "rounds.example", timeouts, tls_context=tls_context)
        try:
            self.connection = self._runner.run(opening)
        except BaseException:
            self._runner.close()
            raise

    @property
    def usable(self) -> bool:
        return self.connection.usable

    def offer(
        self, mail_from: str, rcpt_to: str, message: bytes | Wire, envelope_id: str | None = None
    ) -> Outcome | None:
        return self._runner.run(self.connection.offer(mail_from, rcpt_to, message, envelope_id))

    def dot(self) -> Outcome:
        return self._runner.run(self.connection.dot())

    def send(self, mail_from: str, rcpt_to: str, message: bytes | Wire) -> Outcome:
        return self.offer(mail_from, rcpt_to, message) or self.dot()

    def abandon(self) -> Outcome:
        return self.connection.abandon()

    def listen(self, seconds: float) -> None:
        self._runner.run(asyncio.sleep(seconds))

    def close(self) -> None:
        try:
            self._runner.run(self.connection.close())
        finally:
            self._runner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
