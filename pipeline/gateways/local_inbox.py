"""The local inbox: an SMTP server on this machine alone, which keeps every message for the demonstration to
show.

It hands a message over before it answers 250, so that what it accepted is kept (RFC 5321 section 6.1). It
listens on loopback and nowhere else: it takes any mail from anybody, without a login.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from weakref import WeakSet

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from pipeline.core.delivery.relay import is_loopback
from pipeline.core.errors import BadInput, Unavailable

Deliver = Callable[[str, list[str], bytes], None]

MESSAGE_LIMIT = 10 * 1024 * 1024  # bytes

_log = structlog.get_logger()


def serve(host: str, port: int, deliver: Deliver) -> None:
    """Take mail until SIGTERM or SIGINT. `deliver(mail_from, rcpt_tos, message)` runs in one thread, one at a
    time.

    BadInput for an address that is not loopback, Unavailable when the port is taken.
    """
    asyncio.run(_until_signalled(host, port, deliver))


@contextmanager
def running(deliver: Deliver, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Take mail in a thread while the `with` lasts; its value is the port, a free one when `port` is 0."""
    with ThreadPoolExecutor(1, "local-inbox") as worker:
        loop = asyncio.new_event_loop()
        listener = _Listener(deliver, worker)
        thread = threading.Thread(target=loop.run_forever, name="local-inbox-loop", daemon=True)
        thread.start()
        try:
            yield asyncio.run_coroutine_threadsafe(listener.start(host, port), loop).result()
        finally:
            asyncio.run_coroutine_threadsafe(listener.stop(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


class _Handler:
    """What aiosmtpd calls when the final dot has come."""

    def __init__(self, deliver: Deliver, worker: Executor) -> None:
        self._deliver = deliver
        self._worker = worker

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        recipients = [str(rcpt) for rcpt in envelope.rcpt_tos]
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(
                self._worker, self._deliver, envelope.mail_from or "", recipients, content
            )
        except Exception:  # a store that is away for a moment: the sender keeps the message and comes again
            _log.exception("local_inbox.not_kept")
            return "451 4.3.0 The message could not be kept; try again later"
        return "250 2.0.0 kept"


class _Listener:
    """The listening socket and the conversations that are open on it."""

    def __init__(self, deliver: Deliver, worker: Executor) -> None:
        self._handler = _Handler(deliver, worker)
        self._conversations: WeakSet[SMTP] = WeakSet()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """The port that it listens on."""
        if not is_loopback(host):
            raise BadInput(f"The local inbox listens on this machine only; {host} is not 127.0.0.1 or ::1.")
        try:
            self._server = await asyncio.get_running_loop().create_server(self._converse, host, port)
        except OSError as error:
            raise Unavailable(
                f"The local inbox cannot listen on {host}:{port} ({error.strerror}). Choose another port."
            ) from error
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no more mail, and hang up on whoever is still talking."""
        if self._server is not None:
            self._server.close()
        for conversation in list(self._conversations):
            if conversation.transport is not None:
                conversation.transport.close()
        await asyncio.sleep(0)  # one turn of the loop, in which the conversations end

    def _converse(self) -> SMTP:
        conversation = SMTP(
            self._handler,
            data_size_limit=MESSAGE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="local inbox",
        )
        self._conversations.add(conversation)
        return conversation


async def _until_signalled(host: str, port: int, deliver: Deliver) -> None:
    asked_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked_to_stop.set)
    with ThreadPoolExecutor(1, "local-inbox") as worker:
        listener = _Listener(deliver, worker)
        await listener.start(host, port)
        await asked_to_stop.wait()
        await listener.stop()
