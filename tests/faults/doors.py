"""A door before the sink: opens as a relay does, well or badly, and then lets everything through to the sink.

A `Door` listens on a port of 127.0.0.1 and runs in threads of the judge. `opening` is what it says before the sink
has a word; it may be changed at any time and holds for the connections that come after.
"""

from __future__ import annotations

import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

LINGER = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Opening:
    """What a relay does before the first MAIL. None: as the sink does it.

    `banner` and `ehlo` are whole replies. `silent`: it never says anything. `late`: seconds before the banner.
    `login`: the replies to the logins that come, the last repeats. `encrypt`: it offers STARTTLS, with that
    certificate. `starttls`: its reply to STARTTLS, if it is not good. `swallows`: after so many bytes it never
    reads again. `stalls_at`: a command, such as RCPT, after which it neither reads nor answers.
    """

    banner: bytes | None = None
    ehlo: bytes | None = None
    silent: bool = False
    late: float = 0.0
    login: tuple[bytes, ...] = ()
    encrypt: ssl.SSLContext | None = None
    starttls: bytes = b""
    swallows: int = 0
    stalls_at: bytes = b""

    @property
    def speaks(self) -> bool:
        """Whether the door holds the first part of the conversation itself."""
        return bool(self.ehlo or self.login or self.encrypt or self.starttls)


@dataclass
class Counts:
    connections: int = 0
    logins: int = 0
    came: list[float] = field(default_factory=list)  # monotonic, one for each connection


class Door:
    """`with Door(sink_port) as door: ... door.url`."""

    def __init__(self, behind: Callable[[], int], opening: Opening | None = None) -> None:
        """`behind` gives the sink's port, which is not known before its world is."""
        self.behind, self.opening, self.counts = behind, opening or Opening(), Counts()
        self._ends = threading.Event()
        self._clogs: list[socket.socket] = []
        self.port = 0
        self._listener: socket.socket | None = None
        self.open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.set()
        self.shut()

    def url(self, login: str = "", tls: str = "none") -> str:
        return f"smtp://{login}127.0.0.1:{self.port}?tls={tls}"

    # What becomes of a connection

    def open(self) -> None:
        """Accept connections, as before a `shut` or a `clog`."""
        self.shut()
        self._listener = self._listen(64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        """Connections are refused."""
        for clog in self._clogs:
            clog.close()
        self._clogs.clear()
        listener, self._listener = self._listener, None
        if listener is not None:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def clog(self) -> None:
        """A black hole: what comes is neither taken nor refused."""
        self.shut()
        self._listener = self._listen(0)
        for _ in range(2):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self._clogs.append(filler)

    def _listen(self, backlog: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(backlog)
        self.port = listener.getsockname()[1]
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.counts.connections += 1
            self.counts.came.append(time.monotonic())
            threading.Thread(target=self._serve, args=(client, self.opening), daemon=True).start()

    def _serve(self, client: socket.socket, opening: Opening) -> None:
        with suppress(OSError):
            try:
                self._open_conversation(client, opening)
            finally:
                client.close()

    def _open_conversation(self, client: socket.socket, opening: Opening) -> None:
        if opening.silent:
            self._ends.wait(60)
            return
        if opening.late:
            time.sleep(opening.late)
        if opening.banner is not None:
            client.sendall(opening.banner)
            if not opening.banner.startswith(b"220"):
                return
        with socket.create_connection(("127.0.0.1", self.behind())) as server:
            if opening.speaks or opening.banner is not None:
                self._swallow_banner(server)
                if opening.banner is None:
                    client.sendall(b"220 door.test ESMTP\r\n")
            if opening.speaks:
                found = self._talk(client, server, opening)
                if found is None:
                    return
                client = found
            self._pass(client, server, opening)

    def _swallow_banner(self, server: socket.socket) -> None:
        with server.makefile("rb", buffering=0) as lines:
            lines.readline()

    def _talk(self, client: socket.socket, server: socket.socket, opening: Opening) -> socket.socket | None:
        """Greeting, encryption and login; the socket to go on with, None when it is over."""
        encrypted = False
        while True:
            text = self._line(client)
            verb = text[:4].upper()
            if not text:
                return None
            if verb == b"EHLO":
                client.sendall(opening.ehlo or self._capabilities(opening, encrypted))
            elif verb == b"HELO":
                client.sendall(b"250 door.test\r\n")
            elif verb == b"STAR" and opening.encrypt is not None:
                client.sendall(b"220 2.0.0 go on\r\n")
                client = opening.encrypt.wrap_socket(client, server_side=True)
                encrypted = True
                continue
            elif verb == b"STAR":
                client.sendall(opening.starttls)
            elif verb == b"AUTH":
                said = opening.login[min(self.counts.logins, len(opening.login) - 1)]
                self.counts.logins += 1
                client.sendall(said)
                if said.startswith(b"2"):
                    break
            elif verb in (b"QUIT", b"RSET"):
                client.sendall(b"221 2.0.0 bye\r\n")
                return None
            else:  # MAIL: the sink's turn
                server.sendall(text)
                break
        return client

    def _capabilities(self, opening: Opening, encrypted: bool) -> bytes:
        words = ["door.test", "8BITMIME", "SIZE 52428800"]
        words += ["AUTH PLAIN LOGIN"] if opening.login else []
        words += ["STARTTLS"] if (opening.encrypt or opening.starttls) and not encrypted else []
        return b"".join(f"250{' ' if word is words[-1] else '-'}{word}\r\n".encode() for word in words)

    def _line(self, client: socket.socket) -> bytes:
        text = b""
        while not text.endswith(b"\n"):
            part = client.recv(1)
            if not part:
                return b""
            text += part
        return text

    def _pass(self, client: socket.socket, server: socket.socket, opening: Opening) -> None:
        taken, deaf = 0, False
        while not self._ends.is_set():
            ready, _, _ = select.select([server] if deaf else [client, server], [], [], 0.5)
            for side in ready:
                part = side.recv(65536 if side is server or not opening.swallows else 1024)
                if not part:
                    return
                if side is server:
                    client.sendall(part)
                    continue
                taken += len(part)
                deaf = bool(
                    (opening.swallows and taken > opening.swallows)
                    or (opening.stalls_at and opening.stalls_at in part.upper())
                )
                if not deaf:
                    server.sendall(part)
            if deaf and not ready and self.opening is not opening:
                return  # it is mended: whoever still waits is sent away


__all__ = ["Door", "Opening"]
