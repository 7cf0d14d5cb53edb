"""Bytes to and from one server, on a socket of our own in the event loop.

It is not an asyncio transport, as two things must happen at once that a transport puts off to another turn of the
loop: what the kernel holds unread is looked at before we speak (a stray `250` read as the answer to the dot would be
a message lost in silence), and what the peer has not yet made room for is counted before the dot may follow. It is
also the quicker way: one call of the socket for each write and for each answer, no copy of a message, one timer a
connection.
"""

from __future__ import annotations

import asyncio
import math
import re
import select
import socket
import ssl
import struct
import sys
from collections.abc import Sequence
from contextlib import suppress
from fcntl import ioctl
from time import monotonic

from pipeline.core.delivery.replies import LINE_LIMIT, REPLY_LIMIT, Failure, Stage

BLOCK = 64 * 1024  # bytes that the peer must take within one block timeout
RECEIVE = 16 * 1024  # bytes read at once; replies are short
SEND_BUFFER = 512 * 1024  # bytes; a message is given to the kernel in one call

_SMOOTH = re.compile(rb"(?:2[0-9]{2}[ -][\t -~]*\r\n)*")
_LINUX = sys.platform == "linux"
_SIOCOUTQNSD = 0x894B  # linux/sockios.h: bytes that were written and not yet sent
_TCP_NOTSENT_LOWAT = 25  # linux/tcp.h: with it, "writable" means that fewer bytes than this are unsent
_QUICKACK = getattr(socket, "TCP_QUICKACK", 0)
_SOMETHING = select.POLLIN | getattr(select, "POLLRDHUP", 0)
_MOST_PIECES = 1024  # IOV_MAX of Linux and others
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER that throws away what the kernel still holds


class Broken(Exception):  # noqa: N818 - it ends a conversation and never leaves this package
    """No whole reply came, or none can come any more."""

    def __init__(self, stage: Stage, failure: Failure, detail: str = "") -> None:
        super().__init__(detail or failure.value)
        self.stage = stage
        self.failure = failure


class Stream:
    """Lines in, bytes out. One task at a time uses it. It holds the socket until `close` or `reset`."""

    __slots__ = (
        "_deadline",
        "_ear",
        "_enough",
        "_loop",
        "_lost",
        "_socket",
        "_timer",
        "_timer_at",
        "_tls",
        "_unsent",
        "_waiter",
        "_wanted",
        "closed",
        "prompt",
        "received",
    )

    def __init__(self, connected: socket.socket) -> None:
        """`connected` is non-blocking, and is ours from here on."""
        self.received = b""  # in the clear, and not yet taken
        self.closed = False
        self.prompt = False  # acknowledge at once what comes in pieces: see `acknowledge`
        self._loop = asyncio.get_running_loop()
        self._socket = connected
        self._tls: _Tls | None = None
        self._lost = False  # the server has hung up, or the line is dead
        self._unsent = memoryview(b"")
        self._enough = 0  # bytes that may be unsent when a writer is woken
        self._waiter: asyncio.Future[bool] | None = None
        self._wanted = 0  # lines that the waiter wants
        self._deadline = self._timer_at = math.inf
        self._timer: asyncio.TimerHandle | None = None
        with suppress(OSError):  # reset already; the first read will say so
            # No Nagle: the dot is three bytes, and must not wait for the acknowledgement of the body.
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._ear = select.poll()
        self._ear.register(connected, _SOMETHING)
        self._loop.add_reader(connected, self._readable)

    def overheard(self) -> Failure | None:
        """What the server said or did that nobody has asked for yet, down to what the kernel still holds."""
        # To ask whether there is something costs a quarter of finding out by an error that there is nothing.
        if not (self.received or self._lost or self.closed) and self._ear.poll(0):
            self._take_in()
        return self.noticed()

    def noticed(self) -> Failure | None:
        """`overheard`, but for what only the kernel has heard."""
        if self.received:
            return Failure.DESYNC
        return Failure.LOST if self._lost or self.closed else None

    def write(self, stage: Stage, data: bytes) -> None:
        """Give `data` to the kernel, as far as it takes it at once; `drained` waits for the rest."""
        self.write_pieces(stage, (data,), len(data))

    def write_pieces(self, stage: Stage, pieces: Sequence[bytes], size: int) -> None:
        """`write` for a message in pieces, of `size` bytes in all. The kernel puts them together."""
        if self.closed or self._lost:
            raise Broken(stage, Failure.LOST)
        if self._tls is not None:
            data = self._tls.encrypt(b"".join(pieces))
            pieces, size = (data,), len(data)
        elif len(pieces) > _MOST_PIECES:
            pieces = (b"".join(pieces),)
        try:
            self._give(pieces, size)
        except OSError as error:
            raise Broken(stage, Failure.LOST) from error

    def _give(self, pieces: Sequence[bytes], size: int) -> None:
        """Send what the kernel takes at once, and keep the rest behind what waits already. OSError: it is lost."""
        try:
            sent = 0 if self._unsent else self._socket.sendmsg(pieces)  # first come, first served
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self._lost = True
            raise
        if sent < size:
            self._unsent = memoryview(b"".join((self._unsent, *pieces)))[sent:]
            self._loop.add_writer(self._socket, self._writable)

    async def written(self, stage: Stage, seconds: float, *, silent: bool = False) -> None:
        """Return once the kernel has all that was written. Each block of it may take `seconds`.

        `silent`: the server has nothing to say meanwhile.
        """
        while left := len(self._unsent):
            self._enough = max(left - BLOCK, 0)
            if not await self._awaited(0, seconds) and len(self._unsent) > self._enough:
                raise Broken(stage, Failure.TIMEOUT)
            if silent and self.received:
                raise Broken(stage, Failure.DESYNC)
            if self._lost or self.closed:
                raise Broken(stage, Failure.LOST)

    async def drained(self, stage: Stage, seconds: float) -> None:
        """Return once all that was written is on its way to a peer that listens. `seconds` for each block of it.

        The peer's window counts: bytes that it has no room for stay unsent in our kernel. A peer that reads nothing
        gets no dot, although three bytes more would fit into the buffer (delivery.md C4, row 47).
        """
        if self._unsent:
            await self.written(stage, seconds, silent=True)
        if _LINUX and self._held_back():
            await self._window(stage, seconds)
        if self.received:
            raise Broken(stage, Failure.DESYNC)

    async def more(self, lines: int, seconds: float) -> Failure | None:
        """Wait for that many `lines` more, or for less that must be looked at sooner."""
        if self._lost or self.closed:
            return Failure.LOST
        if self.prompt:
            self.acknowledge()
        wanted = self.received.count(b"\n") + lines if self.received else lines
        return None if await self._awaited(wanted, seconds) else Failure.TIMEOUT

    def acknowledge(self) -> None:
        """Do not put the acknowledgement off: a server that answers in several small writes with Nagle's algorithm
        waits for it, and our kernel waits 40 ms for something to send it with. It lasts for a moment only.
        """
        if _QUICKACK:
            with suppress(OSError):
                self._socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)

    async def encrypt(self, context: ssl.SSLContext, host: str, seconds: float) -> None:
        """A TLS handshake. `ssl.SSLError` where it fails; the stage of a `Broken` is STARTTLS."""
        tls = _Tls(context, host)
        deadline = monotonic() + seconds
        done = False
        while not done:
            try:
                done = tls.shake_hands(self._take())
            finally:  # an alert goes out too
                if tls.outgoing.pending:
                    self.write(Stage.STARTTLS, tls.outgoing.read())
            if not done and (failure := await self.more(0, deadline - monotonic())):
                raise Broken(Stage.STARTTLS, failure)
        self._tls = tls
        self._decrypt(b"")  # what came together with the end of the handshake

    def reset(self) -> None:
        """Hang up at once: what the kernel has not sent is thrown away, and the server sees a reset."""
        if not self.closed:
            with suppress(OSError):  # reset already
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.close()

    def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self.received = b""
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._socket.close()
        if self._timer is not None:
            self._timer.cancel()
        self._wake()

    # --- events

    def _readable(self) -> None:
        self._take_in()
        if self._waiter is None or self._waiter.done():
            if len(self.received) > REPLY_LIMIT:
                self._loop.remove_reader(self._socket)  # it talks to itself; `overheard` will end it
        elif (
            self._lost
            or self.received.count(b"\n") >= self._wanted
            or not _SMOOTH.fullmatch(self.received)
            or len(self.received) > LINE_LIMIT
        ):
            self._wake()
        elif self.prompt:
            self.acknowledge()

    def _take_in(self) -> None:
        try:
            data = self._socket.recv(RECEIVE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._lose()
        elif self._tls is not None:
            self._decrypt(data)
        else:
            self.received = self.received + data if self.received else data

    def _decrypt(self, data: bytes) -> None:
        assert self._tls is not None
        plain, goes_on = self._tls.decrypt(data)
        self.received += plain
        if not goes_on:
            self._lose()
        elif self._tls.outgoing.pending:  # an answer of TLS itself, such as to a change of keys
            answer = self._tls.outgoing.read()
            try:
                self._give((answer,), len(answer))
            except OSError:
                self._lose()

    def _lose(self) -> None:
        self._lost = True
        self._loop.remove_reader(self._socket)

    def _writable(self) -> None:
        try:
            self._unsent = self._unsent[self._socket.send(self._unsent) :] if self._unsent else self._unsent
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._lost = True
        if self._lost or not self._unsent:
            self._loop.remove_writer(self._socket)
        if self._lost or len(self._unsent) <= self._enough:
            self._wake()

    # --- waiting

    def _awaited(self, wanted: int, seconds: float) -> asyncio.Future[bool]:
        """Comes true when something wakes us, and false when the time has passed."""
        self._wanted = wanted
        self._deadline = monotonic() + seconds
        if self._deadline < self._timer_at:
            self._arm()
        self._waiter = waiter = self._loop.create_future()
        return waiter

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(True)

    def _arm(self) -> None:
        """One timer is kept for the connection. It runs for the earliest deadline of late, and looks again."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = self._deadline
        self._timer = self._loop.call_at(self._deadline, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._timer_at = math.inf
        if self._waiter is None or self._waiter.done():
            return
        if monotonic() >= self._deadline - 0.001:
            self._waiter.set_result(False)
        else:
            self._arm()

    async def _window(self, stage: Stage, seconds: float) -> None:
        """Wait until the kernel has sent everything; it says so, when asked to, by being writable."""
        deadline = monotonic() + seconds
        self._socket.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, 1)
        self._enough = 0
        try:
            while self._held_back():
                self._loop.add_writer(self._socket, self._writable)
                if not await self._awaited(0, deadline - monotonic()) and self._held_back():
                    raise Broken(stage, Failure.TIMEOUT)
                if self._lost or self.closed:
                    raise Broken(stage, Failure.LOST)
                if self.received:
                    raise Broken(stage, Failure.DESYNC)
        finally:
            if not self.closed:
                self._loop.remove_writer(self._socket)
                with suppress(OSError):
                    self._socket.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, 0)

    def _held_back(self) -> bool:
        try:
            return any(ioctl(self._socket, _SIOCOUTQNSD, bytes(4)))
        except OSError:
            return False

    def _take(self) -> bytes:
        data, self.received = self.received, b""
        return data


class _Tls:
    """The encryption of one connection, between two buffers in memory."""

    __slots__ = ("_incoming", "_object", "outgoing")

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self.outgoing, server_hostname=host)

    def shake_hands(self, data: bytes) -> bool:
        """True when it is done; until then there is something to send, and something to wait for."""
        self._incoming.write(data)
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def encrypt(self, data: bytes) -> bytes:
        view = memoryview(data)
        while view:
            view = view[self._object.write(view) :]
        return self.outgoing.read()

    def decrypt(self, data: bytes) -> tuple[bytes, bool]:
        """What was said, and False when the encryption has ended, by a farewell or by tampering."""
        self._incoming.write(data)
        plain: list[bytes] = []
        try:
            while piece := self._object.read(RECEIVE):
                plain.append(piece)
        except ssl.SSLWantReadError:
            return b"".join(plain), True
        except ssl.SSLError:
            pass
        return b"".join(plain), False
