"""Where reports wait: a mailbox by IMAP or POP3, or a Maildir on this machine.

Each gives its messages one by one, and takes a message away only when it is told that what it says is committed. Of a
message that is larger than any report, no more than a part is ever read.
"""

from __future__ import annotations

import imaplib
import poplib
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol as Interface

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from pipeline.core.errors import Unavailable
from pipeline.core.feedback.mailbox_url import Protocol, ReportMailbox
from pipeline.core.feedback.mime import LARGEST

_SECOND = re.compile(r"([0-9]{9,10})\.")  # since 1970
TIMEOUT = 20.0  # seconds, for each answer of a server
PROCESSED, QUARANTINE = "Processed", "Quarantine"
AT_ONCE = 50  # messages taken away together


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message and its name in the mailbox. `raw` ends after `LARGEST` octets and one more.

    `received`: when the mailbox took it, by the clock of its host; None where it keeps no record of that.
    """

    name: str
    raw: bytes
    received: datetime | None = None


class Source(Interface):
    """What a mailbox can do. `done` and `aside` are told a name that `waiting` gave, after the commit."""

    def waiting(self, limit: int) -> Iterator[Waiting]: ...

    def done(self, name: str) -> None: ...

    def aside(self, name: str) -> None: ...

    def close(self) -> None: ...


@contextmanager
def opened(address: ReportMailbox, trust: ssl.SSLContext | None = None) -> Iterator[Source]:
    """The mailbox, signed in. Raises Unavailable with a sentence; the sentence holds no secret.

    Certificates are verified against the system's authorities, or `trust` in their place.
    """
    context = trust or ssl.create_default_context()
    open_it: Callable[[], Source] = (
        (lambda: _Imap(address, context))
        if address.protocol is Protocol.IMAP
        else lambda: _Pop3(address, context)
    )
    try:
        source = open_it()
    except _TROUBLE as error:
        raise Unavailable(
            f"The mailbox of reports {address} cannot be opened: {_told(error, address)}"
        ) from error
    try:
        try:
            yield source
        except BaseException:
            with suppress(*_TROUBLE):
                source.close()
            raise
        source.close()
    except _TROUBLE as error:
        raise Unavailable(f"The mailbox of reports {address} failed: {_told(error, address)}") from error


_TROUBLE = (OSError, EOFError, imaplib.IMAP4.error, ImapToolsError, poplib.error_proto)


def _told(error: BaseException, address: ReportMailbox) -> str:
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return first.replace(address.secret, "…")[:200]


class _Imap:
    """Messages are moved to the folders `Processed` and `Quarantine` beside the one that is read."""

    def __init__(self, address: ReportMailbox, context: ssl.SSLContext) -> None:
        self._box = self._connected(address, context)
        self._box.login(address.user, address.secret, initial_folder=address.folder)
        self._moves: dict[str, list[str]] = {PROCESSED: [], QUARANTINE: []}
        self._known: set[str] = set()

    @staticmethod
    def _connected(address: ReportMailbox, context: ssl.SSLContext) -> BaseMailBox:
        if address.tls:
            return MailBox(address.host, address.port, timeout=TIMEOUT, ssl_context=context)
        if address.starttls:
            return MailBoxStartTls(address.host, address.port, timeout=TIMEOUT, ssl_context=context)
        return MailBoxUnencrypted(address.host, address.port, timeout=TIMEOUT)

    def waiting(self, limit: int) -> Iterator[Waiting]:
        for uid in self._box.uids("ALL")[:limit]:
            kind, answer = self._box.client.uid("fetch", uid, f"(INTERNALDATE BODY.PEEK[]<0.{LARGEST + 1}>)")
            found = next((part for part in answer if isinstance(part, tuple)), None)
            if kind == "OK" and found is not None:
                yield Waiting(uid, found[1], _internal_date(answer))

    def done(self, name: str) -> None:
        self._move(name, PROCESSED)

    def aside(self, name: str) -> None:
        self._move(name, QUARANTINE)

    def _move(self, name: str, folder: str) -> None:
        self._moves[folder].append(name)
        if len(self._moves[folder]) >= AT_ONCE:
            self._flush(folder)

    def _flush(self, folder: str) -> None:
        if not self._moves[folder]:
            return
        if folder not in self._known:
            if not self._box.folder.exists(folder):
                self._box.folder.create(folder)
            self._known.add(folder)
        self._box.move(self._moves[folder], folder)
        self._moves[folder].clear()

    def close(self) -> None:
        try:
            for folder in self._moves:
                self._flush(folder)
        finally:
            self._box.logout()


def _internal_date(answer: Iterable[object]) -> datetime | None:
    """Of what a server says around a message: it may stand before the octets or after them (RFC 9051 section 7.5.2)."""
    around = b" ".join(
        part[0] if isinstance(part, tuple) else part for part in answer if isinstance(part, tuple | bytes)
    )
    found = imaplib.Internaldate2tuple(around)
    return datetime.fromtimestamp(time.mktime(found), UTC) if found else None


class _PatientPop3:
    """Long lines are common in what other systems write: the standard library gives up at 2,048 octets."""

    def _getline(self) -> tuple[bytes, int]:
        line: bytes = self.file.readline(LARGEST + 1)  # type: ignore[attr-defined]
        if not line or len(line) > LARGEST:
            raise poplib.error_proto("the server ended in mid-line")
        octets = len(line)
        return line.rstrip(b"\n").removesuffix(b"\r").removeprefix(b"\r"), octets


class _Plain(_PatientPop3, poplib.POP3):
    pass


class _Tls(_PatientPop3, poplib.POP3_SSL):
    pass


class _Pop3:
    """Messages are deleted when they are done with. One that is too large is left where it is, and read by nobody."""

    def __init__(self, address: ReportMailbox, context: ssl.SSLContext) -> None:
        self._server: poplib.POP3
        if address.tls:
            self._server = _Tls(address.host, address.port, timeout=TIMEOUT, context=context)
        else:
            self._server = _Plain(address.host, address.port, timeout=TIMEOUT)
            if address.starttls:
                self._server.stls(context)
        self._server.user(address.user)
        self._server.pass_(address.secret)

    def waiting(self, limit: int) -> Iterator[Waiting]:
        _, lines, _ = self._server.list()
        sizes = [line.split() for line in lines]
        for number, size in [(int(words[0]), int(words[1])) for words in sizes if len(words) > 1][:limit]:
            if size <= LARGEST:
                _, body, _ = self._server.retr(number)
                yield Waiting(str(number), b"\r\n".join(body) + b"\r\n")

    def done(self, name: str) -> None:
        self._server.dele(int(name))

    def aside(self, name: str) -> None:
        self.done(name)  # POP3 has no folders: what is laid aside is kept in the database

    def close(self) -> None:
        self._server.quit()  # only now are the messages deleted


def _second_of(name: str) -> datetime | None:
    """In which a file was delivered: the number that its name begins with."""
    second = _SECOND.match(name)
    return datetime.fromtimestamp(int(second[1]), UTC) if second else None


class Maildir:
    """A Maildir that the mail system of this machine delivers into. Done messages go to `.Processed` inside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def waiting(self, limit: int) -> Iterator[Waiting]:
        """The oldest first: their names begin with the second in which they came."""
        if not (self._folder / "new").is_dir():
            raise Unavailable(
                f"{self._folder} is not a Maildir: it has no folder `new`. Check ROUNDS_BOUNCE_MAILDIR."
            )
        found = [
            path for part in ("new", "cur") for path in (self._folder / part).glob("*") if path.is_file()
        ]
        for path in sorted(found, key=lambda path: path.name)[:limit]:
            with path.open("rb") as file:
                name = str(path.relative_to(self._folder))
                yield Waiting(name, file.read(LARGEST + 1), _second_of(path.name))

    def done(self, name: str) -> None:
        self._move(name, PROCESSED)

    def aside(self, name: str) -> None:
        self._move(name, QUARANTINE)

    def close(self) -> None:
        """Nothing is held open."""

    def _move(self, name: str, folder: str) -> None:
        target = self._folder / f".{folder}"
        for part in ("new", "cur", "tmp"):
            (target / part).mkdir(parents=True, exist_ok=True)
        path = self._folder / name
        seen = path.name if ":2," in path.name else f"{path.name}:2,S"
        path.rename(target / "cur" / seen)
