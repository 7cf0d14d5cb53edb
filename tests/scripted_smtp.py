"""An SMTP server that does as it is told, well or badly, and writes down what it received before it answers.

with ScriptedSmtp(rcpt=b"550 5.1.1 nobody\r\n") as server: ... server.port, server.log, server.messages

A script has a step for each stage: `greeting`, `ehlo`, `helo`, `starttls`, `auth`, `mail`, `rcpt`, `data`,
`body`, `dot`, `rset`, `quit`. A step is bytes to send, a `Deed`, a `Slowly`, a `Wait`, or a tuple of those; a
list gives one step for each time that the stage comes, of which the last repeats. `body` is a `Cut` or
nothing.
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
    """A message whose final dot arrived; `data` is as it came, dots still stuffed, without the final dot."""

    mail_from: bytes
    rcpt_to: bytes
    data: bytes


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
        self, *, tls: ssl.SSLContext | None = None, implicit: bool = False, **script: Step | list[Step]
    ) -> None:
        assert script.keys() <= GOOD.keys(), script.keys() - GOOD.keys()
        self.log: list[tuple[str, bytes]] = []
        self.messages: list[Received] = []
        self.unfinished: list[bytes] = []  # what had come of messages whose dot never did
        self.connections = 0
        self.tls = tls
        self._implicit = implicit
        self._script: dict[str, Step | list[Step]] = {**GOOD, **script}
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

    def step(self, stage: str) -> Step:
        """The next step of `stage`."""
        steps = self._script[stage]
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
        except (_HungUpError, OSError):
            pass
        finally:
            conversation.socket.close()


class _Conversation:
    def __init__(self, server: ScriptedSmtp, client: socket.socket) -> None:
        self.server = server
        self.socket = client
        self.buffer = b""
        self.mail_from = self.rcpt_to = b""

    def run(self, implicit: bool) -> None:
        if implicit:
            self.do(Deed.ENCRYPT)
        self.do(self.server.step("greeting"))
        while True:
            line = self.line()
            stage = line.split(b" ")[0].rstrip().lower().decode("ascii", "replace")
            if stage not in GOOD:
                stage = "auth"  # the further lines of a login
            self.server.log.append((stage, line))
            self.answer(stage, line)

    def answer(self, stage: str, line: bytes) -> None:
        if stage == "mail":
            self.mail_from = line
        if stage == "rcpt":
            self.rcpt_to = line
        step = self.server.step(stage)
        self.do(step)
        if stage == "data" and isinstance(step, bytes) and step.startswith(b"354"):
            self.body()
        if stage == "quit":
            raise _HungUpError

    def body(self) -> None:
        cut = self.server.step("body")
        self.server.log.append(("body", b""))
        if isinstance(cut, Cut):
            while len(self.buffer) < cut.at:
                self.more()
            self.do(cut.then)
        try:
            while not (self.buffer.startswith(b".\r\n") or b"\r\n.\r\n" in self.buffer):
                self.more()
        except (_HungUpError, OSError):
            self.server.unfinished.append(self.buffer)
            raise
        head, _, self.buffer = (b"\r\n" + self.buffer).partition(b"\r\n.\r\n")
        data = head.removeprefix(b"\r\n") + b"\r\n"
        self.server.messages.append(Received(self.mail_from, self.rcpt_to, data))
        self.server.log.append(("dot", b"."))
        self.do(self.server.step("dot"))

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
            case Deed.ENCRYPT:
                assert self.server.tls is not None
                self.socket = self.server.tls.wrap_socket(self.socket, server_side=True)
                self.server.sockets.append(self.socket)
            case Deed.RESET:
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
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
