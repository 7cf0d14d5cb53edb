"""An SMTP server that does as it is told, well or badly, and writes down what it received before it answers.

with ScriptedSmtp(rcpt=b"550 5.1.1 nobody\r\n") as server: ... server.port, server.log, server.messages

A script has a step for each stage: `greeting`, `ehlo`, `helo`, `starttls`, `auth`, `mail`, `rcpt`, `data`,
`chunk`, `body`, `dot`, `rset`, `quit`. A step is bytes to send, a `Deed`, a `Slowly`, a `Wait`, or a tuple of those; a
list gives one step for each time that the stage comes, of which the last repeats. `body` is a `Cut` or
nothing. Where the answer to EHLO offers PIPELINING, a refused MAIL or RCPT makes the server refuse what follows in
the same group, as servers do; where it offers CHUNKING, `chunk` answers `BDAT n` and `dot` answers `BDAT n LAST`.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType


class Deed(Enum):
    DROP = auto()  # close the connection
    RESET = auto()  # close it with a TCP reset
    STALL = auto()  # say nothing until the client gives up
    ENCRYPT = auto()  # a TLS handshake
    FAREWELL = auto()  # end the encryption as TLS wants it, then close
    SIP = auto()  # read a byte at a time, and say nothing until the client gives up


@dataclass(frozen=True)
class Slowly:
    """Send one byte at a time."""

    data: bytes
    pause: float = 0.002


@dataclass(frozen=True)
class Wait:
    seconds: float


@dataclass(frozen=True)
class Cut:
    """In the body: after `at` bytes of it, do `then`."""

    at: int
    then: Step


@dataclass(frozen=True)
class Received:
    """A message whose final dot arrived; `data` is as it came, dots still stuffed, without the final dot. `by` is
    `data` or `bdat`.
    """

    mail_from: bytes
    rcpt_to: bytes
    data: bytes
    by: str = "data"


Step = bytes | Deed | Slowly | Wait | Cut | tuple["Step", ...]
GOOD: dict[str, Step] = {
    "greeting": b"220 scripted.example ready\r\n",
    "ehlo": b"250 scripted.example\r\n",
    "helo": b"250 scripted.example\r\n",
    "starttls": (b"220 go\r\n", Deed.ENCRYPT),
    "auth": b"235 2.7.0 in\r\n",
    "mail": b"250 2.1.0 ok\r\n",
    "rcpt": b"250 2.1.5 ok\r\n",
    "data": b"354 go on\r\n",
    "chunk": b"250 2.0.0 Ok: %d bytes\r\n",
    "body": (),
    "dot": b"250 2.0.0 queued as ABC123\r\n",
    "rset": b"250 2.0.0 ok\r\n",
    "quit": b"221 2.0.0 bye\r\n",
}


class _HungUpError(Exception):
    """This conversation has ended."""


class ScriptedSmtp:
    """Serves every connection by the same script, each stage counted over all connections."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        receive_buffer: int = 0,
        **script: Step | list[Step],
    ) -> None:
        assert script.keys() <= GOOD.keys(), script.keys() - GOOD.keys()
        self.log: list[tuple[str, bytes]] = []
        self.messages: list[Received] = []
        self.unfinished: list[bytes] = []  # what had come of messages whose dot never did
        self.early: list[bytes] = []  # what came together with a dot, though its answer was not yet there
        self.connections = 0
        self.resets = 0  # connections that the client ended by a TCP reset
        self.tls = tls
        self._implicit = implicit
        self._receive_buffer = receive_buffer
        self.given = script.keys()
        self.script: dict[str, Step | list[Step]] = {**GOOD, **script}
        self._times: dict[str, int] = {}
        self._stopped = threading.Event()
        self.sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    @property
    def stages(self) -> list[str]:
        """The stages that were reached, in order."""
        return [stage for stage, _ in self.log]

    def said_at(self, stage: str) -> list[bytes]:
        """What the client said at `stage`, each time."""
        return [data for at, data in self.log if at == stage]

    def __enter__(self) -> ScriptedSmtp:
        self._listener = socket.create_server(("127.0.0.1", 0))
        if self._receive_buffer:  # its connections inherit it
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        for each in [self._listener, *self.sockets]:
            with suppress(OSError):  # gone already
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(5)

    def hear_out(self, seconds: float = 10) -> None:
        """Wait until every conversation has ended by its client's doing; leaving the server ends them by ours."""
        for thread in self._threads[1:]:
            thread.join(seconds)
            assert not thread.is_alive(), "a client is still connected"

    def step(self, stage: str) -> Step:
        """The next step of `stage`."""
        steps = self.script[stage]
        if not isinstance(steps, list):
            return steps
        count = self._times.get(stage, 0)
        self._times[stage] = count + 1
        return steps[min(count, len(steps) - 1)]

    def wait(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise _HungUpError

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sockets.append(client)
            self.connections += 1
            self._start(self._converse, client)

    def _converse(self, client: socket.socket) -> None:
        conversation = _Conversation(self, client)
        try:
            conversation.run(self._implicit)
        except ConnectionResetError:
            self.resets += 1
        except (_HungUpError, OSError):
            pass
        finally:
            conversation.socket.close()


class _Conversation:
    def __init__(self, server: ScriptedSmtp, client: socket.socket) -> None:
        self.server = server
        self.socket = client
        self.buffer = b""
        self.mail_from = self.rcpt_to = self.chunks = b""
        self.refused = False  # an earlier command of this envelope

    @property
    def in_groups(self) -> bool:
        return b"PIPELINING" in repr(self.server.script["ehlo"]).encode()

    def run(self, implicit: bool) -> None:
        if implicit:
            self.do(Deed.ENCRYPT)
        self.do(self.server.step("greeting"))
        while True:
            line = self.line()
            stage = line.split(b" ")[0].rstrip().lower().decode("ascii", "replace")
            if stage == "bdat":
                self.chunk(line)
                continue
            if stage not in GOOD:
                stage = "auth"  # the further lines of a login
            self.server.log.append((stage, line))
            self.answer(stage, line)

    def answer(self, stage: str, line: bytes) -> None:
        if stage == "mail":
            self.mail_from = line
            self.refused = False
        if stage == "rcpt":
            self.rcpt_to = line
        if stage == "rset":
            self.chunks = b""
        if stage in {"rcpt", "data"} and self.refused and self.in_groups and stage not in self.server.given:
            self.do(b"503 5.5.1 nothing to do it for\r\n")
            return
        step = self.server.step(stage)
        if stage in {"mail", "rcpt"} and _first_word(step)[:1] in {b"4", b"5"}:
            self.refused = True
        self.do(step)
        if stage == "data" and isinstance(step, bytes) and step.startswith(b"354"):
            self.body()
        if stage == "quit":
            raise _HungUpError

    def chunk(self, line: bytes) -> None:
        """A chunk is read to its end, whether anybody is to get it or not (RFC 3030 section 2)."""
        size, last = int(line.split()[1]), line.endswith(b"LAST")
        if size:
            self.server.log.append(("chunk", line))
            self.cut()
        try:
            while len(self.buffer) < size:
                self.more()
        except (_HungUpError, OSError):
            self.server.unfinished.append(self.buffer)
            raise
        self.chunks, self.buffer = self.chunks + self.buffer[:size], self.buffer[size:]
        if self.refused:
            self.do(b"554 5.5.1 no valid recipients\r\n")
        elif last:
            self.dot(self.chunks, "bdat")
        else:
            step = self.server.step("chunk")
            self.do(step.replace(b"%d", b"%d" % size) if isinstance(step, bytes) else step)

    def cut(self) -> None:
        cut = self.server.step("body")
        if isinstance(cut, Cut):
            while len(self.buffer) < cut.at:
                self.more()
            self.do(cut.then)

    def dot(self, data: bytes, by: str) -> None:
        self.server.early.append(self.buffer)
        self.server.messages.append(Received(self.mail_from, self.rcpt_to, data, by))
        self.server.log.append(("dot", b"."))
        self.chunks = b""
        self.do(self.server.step("dot"))

    def body(self) -> None:
        self.server.log.append(("body", b""))
        self.cut()
        try:
            while not (self.buffer.startswith(b".\r\n") or b"\r\n.\r\n" in self.buffer):
                self.more()
        except (_HungUpError, OSError):
            self.server.unfinished.append(self.buffer)
            raise
        head, _, self.buffer = (b"\r\n" + self.buffer).partition(b"\r\n.\r\n")
        self.dot(head.removeprefix(b"\r\n") + b"\r\n", "data")

    def do(self, step: Step) -> None:
        match step:
            case tuple():
                for each in step:
                    self.do(each)
            case bytes():
                self.socket.sendall(step)
            case Slowly(data, pause):
                for index in range(len(data)):
                    self.socket.sendall(data[index : index + 1])
                    time.sleep(pause)
            case Wait(seconds):
                self.server.wait(seconds)
            case Deed.STALL:
                self.server.wait(30)
            case Deed.SIP:
                while True:
                    self.buffer += self.socket.recv(1)
                    self.server.wait(0.01)
            case Deed.ENCRYPT:
                assert self.server.tls is not None
                self.socket = self.server.tls.wrap_socket(self.socket, server_side=True)
                self.server.sockets.append(self.socket)
            case Deed.RESET:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raise _HungUpError
            case Deed.FAREWELL:
                assert isinstance(self.socket, ssl.SSLSocket)
                self.socket.settimeout(0.5)
                self.socket.unwrap()
                raise _HungUpError
            case Deed.DROP:
                raise _HungUpError

    def line(self) -> bytes:
        while b"\r\n" not in self.buffer:
            self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise _HungUpError
        self.buffer += data


def _first_word(step: Step) -> bytes:
    match step:
        case bytes():
            return step
        case Slowly(data, _):
            return data
        case tuple():
            return next((word for each in step if (word := _first_word(each))), b"")
    return b""
