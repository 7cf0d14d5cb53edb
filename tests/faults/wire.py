"""A wire between Rounds and PostgreSQL that can be cut at the worst moment: when a statement was sent, and its commit
done, and nobody has been told.

It listens on a Unix socket, so that all processes of a world can be sent through it by their DATABASE_URL.
"""

from __future__ import annotations

import shutil
import socket
import struct
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

INTENT = b"intent_at = clock_timestamp()"
RESULT = b"cause = 'accepted'"


class Wire:
    """`with Wire(server_socket) as wire`. `wire.cut(INTENT, 3)` cuts at the next three statements with that text."""

    def __init__(self, server: Path) -> None:
        self.server = server
        self.folder = Path(tempfile.mkdtemp(prefix="judge-wire-"))
        self.cuts: dict[bytes, int] = {}
        self.done: dict[bytes, int] = {}
        self._lock = threading.Lock()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.folder / ".s.PGSQL.5432"))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql://rounds@/{database}?host={quote(str(self.folder), safe='')}"

    def cut(self, text: bytes, times: int = 1) -> None:
        with self._lock:
            self.cuts[text] = times

    def _due(self, statement: bytes) -> bool:
        with self._lock:
            for text, left in self.cuts.items():
                if left and text in statement:
                    self.cuts[text] = left - 1
                    self.done[text] = self.done.get(text, 0) + 1
                    return True
        return False

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self.server))
            except OSError:
                client.close()
                server.close()
                continue
            silent = threading.Event()
            threading.Thread(target=self._answers, args=(server, client, silent), daemon=True).start()
            threading.Thread(target=self._questions, args=(client, server, silent), daemon=True).start()

    def _answers(self, server: socket.socket, client: socket.socket, silent: threading.Event) -> None:
        """To the client, until it is cut; then the first answer ends both, and is told to nobody."""
        with suppress(OSError):
            while part := server.recv(65536):
                if silent.is_set():
                    break
                client.sendall(part)
        _end(client, server)

    def _questions(self, client: socket.socket, server: socket.socket, silent: threading.Event) -> None:
        """To the server, message by message: what a Bind runs is known by the name of its statement."""
        statements: dict[bytes, bytes] = {}
        with suppress(OSError, EOFError), client.makefile("rb") as asked:
            length = _whole(asked, 4)
            server.sendall(length + _whole(asked, struct.unpack("!I", length)[0] - 4))  # who we are
            while True:
                head = _whole(asked, 5)
                body = _whole(asked, struct.unpack("!I", head[1:])[0] - 4)
                if head[:1] == b"P":
                    name, _, rest = body.partition(b"\0")
                    statements[name] = rest.partition(b"\0")[0]
                elif head[:1] == b"B":
                    name = body.partition(b"\0")[2].partition(b"\0")[0]
                    if self._due(statements.get(name, b"")):
                        silent.set()
                server.sendall(head + body)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)


def _whole(file: object, count: int) -> bytes:
    found: bytes = file.read(count)  # type: ignore[attr-defined]
    if len(found) < count:
        raise EOFError
    return found


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
