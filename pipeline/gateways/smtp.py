"""An SMTP client that knows the stage it is in, so that "surely not sent" is never taken for "may have been
sent".

smtplib raises the same exception for a line cut at MAIL and for one cut after the final dot, and calls a 251
to the dot an error (delivery.md, fact 4). Here every attempt ends in an `Outcome`, and the dot is a call of
its own:

connection = Connection.open(relay, helo="rounds.example") outcome = connection.send_body(return_path,
address, message) # None: the server waits for the dot if outcome is None: ... # write down the intent; or
abandon() outcome = connection.finish()

One thread at a time uses a connection. It serves many messages, one after the other, for as long as it is
`usable`.
"""

from __future__ import annotations

import socket
import ssl
import struct
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass, fields
from time import monotonic
from types import TracebackType
from typing import Self

from pipeline.core.delivery import commands
from pipeline.core.delivery.commands import Extensions
from pipeline.core.delivery.relay import Relay, Tls, parse_url
from pipeline.core.delivery.replies import (
    Cause,
    Failure,
    Outcome,
    Reply,
    Stage,
    Verdict,
    classify,
    succeeded,
    take_reply,
)
from pipeline.core.errors import Unavailable
from pipeline.core.message.addr_spec import addr_spec

__all__ = ["Connection", "Relay", "RouteFailed", "Timeouts", "Tls", "parse_url"]

BLOCK = 64 * 1024  # bytes given to the kernel under one block timeout


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for each answer (M-24, RFC 5321 section 4.5.3.2). `block` is for each 64 KiB of the
    message.
    """

    connect: float = 30
    greeting: float = 300
    helo: float = 300
    starttls: float = 120
    auth: float = 120
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    block: float = 180
    dot: float = 600
    reset: float = 30
    quit: float = 5

    def scaled(self, factor: float) -> Timeouts:
        """All of them times `factor`, for tests that cannot wait ten minutes."""
        return Timeouts(**{each.name: getattr(self, each.name) * factor for each in fields(self)})


class RouteFailed(Unavailable):
    """No conversation with the relay came about. No recipient is to blame; `outcome` says at which stage and
    why.
    """

    def __init__(self, relay: Relay, outcome: Outcome, detail: str = "") -> None:
        reply = outcome.reply
        said = (
            f"it said {reply.code} {' '.join(reply.lines)}".strip()
            if reply
            else detail or outcome.cause.value
        )
        super().__init__(
            f"The relay {relay} failed at {outcome.stage}: {said}. Check ROUNDS_SMTP_URL and the relay."
        )
        self.outcome = outcome


class _Broken(Exception):  # noqa: N818 - it ends a conversation and never leaves this file
    """No whole reply came, or none can come any more."""

    def __init__(self, stage: Stage, failure: Failure, detail: str = "") -> None:
        super().__init__(detail or failure.value)
        self.stage = stage
        self.failure = failure


class Connection:
    """One conversation with one relay. Made by `open`."""

    def __init__(self, relay: Relay, connected: socket.socket, timeouts: Timeouts) -> None:
        self.relay = relay
        self.extensions = Extensions()
        self._socket = connected
        self._timeouts = timeouts
        self._buffer = b""
        self._closed = False
        self._at_the_dot = False

    @classmethod
    def open(
        cls,
        relay: Relay,
        helo: str,
        timeouts: Timeouts | None = None,
        *,
        tls_context: ssl.SSLContext | None = None,
    ) -> Connection:
        """Connect, greet, encrypt and log in as `relay` asks. RouteFailed when the relay will not have it.

        Certificates are verified against the machine's own store, or by `tls_context`.
        """
        timeouts = timeouts or Timeouts()
        try:
            connected = socket.create_connection((relay.host, relay.port), timeouts.connect)
        except OSError as error:
            raise RouteFailed(
                relay, classify(Stage.CONNECT, Failure.UNREACHABLE), error.strerror or str(error)
            ) from error
        connection = cls(relay, connected, timeouts)
        try:
            connection._send_at_once()
            connection._greet(helo, tls_context or ssl.create_default_context())
            connection._log_in()
        except _Broken as broken:
            connection._drop()
            raise RouteFailed(relay, classify(broken.stage, broken.failure), str(broken)) from broken
        except BaseException:
            connection._drop()
            raise
        return connection

    @property
    def usable(self) -> bool:
        """True when another message may be sent. False once the server has hung up or spoken out of turn."""
        if not self._closed and not self._at_the_dot:
            try:
                self._assert_quiet(Stage.MAIL)
            except _Broken:
                self._drop()
        return not self._closed and not self._at_the_dot

    def send_body(
        self, mail_from: str, rcpt_to: str, message: bytes, dsn_envid: str | None = None
    ) -> Outcome | None:
        """MAIL, RCPT, DATA and the message without its final dot. None: the server waits for the dot.

        Any outcome means that nothing was handed over. After a refusal the connection stays usable where the
        server lets it. BadInput, before a byte is sent, for an address or an envelope id that no command can
        carry.
        """
        if self._at_the_dot:
            raise RuntimeError("a message is waiting for its dot: finish() or abandon() comes first")
        body = commands.body(message)
        refusal = self._beyond_the_relay(rcpt_to, len(message))
        if refusal is not None:
            return refusal
        smtputf8 = addr_spec(rcpt_to).needs_smtputf8
        mail = commands.mail(
            mail_from, self.extensions, size=len(message), envid=dsn_envid, smtputf8=smtputf8
        )
        rcpt = commands.rcpt(rcpt_to, self.extensions)
        wait = self._timeouts
        try:
            for stage, line, seconds in (
                (Stage.MAIL, mail, wait.mail),
                (Stage.RCPT, rcpt, wait.rcpt),
                (Stage.DATA, b"DATA\r\n", wait.data),
            ):
                reply = self._ask(stage, line, seconds)
                if not succeeded(stage, reply):
                    return self._refused(stage, reply)
            self._write_blocks(body)
            self._assert_quiet(Stage.BODY)
        except _Broken as broken:
            return self._ended(broken)
        self._at_the_dot = True
        return None

    def finish(self) -> Outcome:
        """Send the final dot alone and read one complete reply. Anything but that is `unknown`, with its
        cause.

        If the server spoke or hung up before the dot, the dot is not sent and the outcome is `not_sent`:
        otherwise a stray `250` would pass for its acceptance.
        """
        if not self._at_the_dot:
            raise RuntimeError("no message is waiting for its dot: send_body() comes first")
        self._at_the_dot = False
        try:
            self._assert_quiet(Stage.BODY)
            self._write(Stage.DOT, b".\r\n", self._timeouts.dot)
            reply = self._read(Stage.DOT, self._timeouts.dot)
        except _Broken as broken:
            return self._ended(broken)
        outcome = classify(Stage.DOT, reply)
        if outcome.verdict is Verdict.UNKNOWN or reply.code == 421:
            self._drop()
        return outcome

    def abandon(self) -> Outcome:
        """Hang up without a dot: the server has no whole message, and must not deliver one."""
        if not self._closed:
            with suppress(
                OSError
            ):  # reset already; otherwise a reset throws away what the kernel still holds
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._drop()
        return Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.ABANDONED)

    def close(self) -> None:
        """Say QUIT and hang up. In the middle of a message it is `abandon`, as QUIT would be a line of the
        message.
        """
        if self._at_the_dot:
            self.abandon()
        if self._closed:
            return
        with suppress(
            _Broken
        ):  # the conversation is over either way, and no verdict depends on its last word
            self._ask(Stage.MAIL, b"QUIT\r\n", self._timeouts.quit)
        self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- opening

    def _send_at_once(self) -> None:
        """No Nagle: the dot is three bytes, and must not wait for the acknowledgement of the body."""
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:  # reset already
            raise _Broken(Stage.GREETING, Failure.LOST) from error

    def _greet(self, helo: str, context: ssl.SSLContext) -> None:
        if self.relay.tls is Tls.IMPLICIT:
            self._encrypt(context)
        self._expect(Stage.GREETING, self._read(Stage.GREETING, self._timeouts.greeting))
        self._hello(helo)
        if self.relay.tls is Tls.STARTTLS:
            if "STARTTLS" not in self.extensions:
                raise _Broken(Stage.STARTTLS, Failure.TLS, "it offers no STARTTLS")
            self._expect(Stage.STARTTLS, self._ask(Stage.STARTTLS, b"STARTTLS\r\n", self._timeouts.starttls))
            # Words sent in the clear before the handshake must not count as said under encryption.
            if self._buffer:
                raise _Broken(
                    Stage.STARTTLS, Failure.DESYNC, "it went on speaking after its answer to STARTTLS"
                )
            self._encrypt(context)
            self._hello(helo)

    def _hello(self, name: str) -> None:
        reply = self._ask(Stage.HELO, commands.hello("EHLO", name), self._timeouts.helo)
        if reply.permanent:
            self._expect(Stage.HELO, self._ask(Stage.HELO, commands.hello("HELO", name), self._timeouts.helo))
            self.extensions = Extensions()
        else:
            self._expect(Stage.HELO, reply)
            self.extensions = Extensions.of(reply)

    def _encrypt(self, context: ssl.SSLContext) -> None:
        self._socket.settimeout(self._timeouts.starttls)
        try:
            self._socket = context.wrap_socket(self._socket, server_hostname=self.relay.host)
        except (ssl.SSLError, ssl.CertificateError) as error:
            raise _Broken(Stage.STARTTLS, Failure.TLS, f"encryption failed ({error})") from error
        except OSError as error:
            failure = Failure.TIMEOUT if isinstance(error, TimeoutError) else Failure.LOST
            raise _Broken(Stage.STARTTLS, failure) from error

    def _log_in(self) -> None:
        if not self.relay.user:
            return
        if self.relay.tls is Tls.NONE and not self.relay.is_loopback:
            raise self._no_login("a login is only sent under TLS; use tls=starttls or tls=implicit")
        methods = self.extensions.login_methods
        user, secret = self.relay.user.encode(), self.relay.secret.encode()
        if "PLAIN" in methods:
            self._expect(Stage.AUTH, self._auth(b"AUTH PLAIN " + b64encode(b"\0" + user + b"\0" + secret)))
        elif "LOGIN" in methods:
            self._challenge(b"AUTH LOGIN")
            self._challenge(b64encode(user))
            self._expect(Stage.AUTH, self._auth(b64encode(secret)))
        else:
            raise self._no_login("it offers neither AUTH PLAIN nor AUTH LOGIN")

    def _auth(self, line: bytes) -> Reply:
        return self._ask(Stage.AUTH, line + b"\r\n", self._timeouts.auth)

    def _challenge(self, line: bytes) -> None:
        reply = self._auth(line)
        if reply.positive:
            raise _Broken(Stage.AUTH, Failure.DESYNC, "it took half a login for a whole one")
        if reply.code != 334:
            raise RouteFailed(self.relay, classify(Stage.AUTH, reply))

    def _no_login(self, detail: str) -> RouteFailed:
        return RouteFailed(self.relay, Outcome(Verdict.NOT_SENT, Stage.AUTH, None, Cause.LOGIN), detail)

    def _expect(self, stage: Stage, reply: Reply) -> None:
        if not succeeded(stage, reply):
            raise RouteFailed(self.relay, classify(stage, reply))

    # --- ending an attempt

    def _beyond_the_relay(self, rcpt_to: str, size: int) -> Outcome | None:
        """What need not be tried, as the relay has said that it cannot take it."""
        if addr_spec(rcpt_to).needs_smtputf8 and "SMTPUTF8" not in self.extensions:
            return Outcome(Verdict.REFUSED, Stage.RCPT, None, Cause.UNSUPPORTED_ADDRESS)
        if 0 < self.extensions.size_limit < size:
            return Outcome(Verdict.NOT_SENT, Stage.MAIL, None, Cause.TOO_LARGE)
        return None

    def _refused(self, stage: Stage, reply: Reply) -> Outcome:
        outcome = classify(stage, reply)
        if reply.code == 421 or not (reply.transient or reply.permanent):
            self._drop()
        else:
            self._reset()
        return outcome

    def _reset(self) -> None:
        try:
            if not self._ask(Stage.MAIL, b"RSET\r\n", self._timeouts.reset).positive:
                self._drop()
        except _Broken:
            self._drop()  # the verdict stands; only the connection is lost

    def _ended(self, broken: _Broken) -> Outcome:
        self._drop()
        return classify(broken.stage, broken.failure)

    def _drop(self) -> None:
        self._closed = True
        self._at_the_dot = False
        self._socket.close()

    # --- bytes

    def _ask(self, stage: Stage, line: bytes, seconds: float) -> Reply:
        self._assert_quiet(stage)
        self._write(stage, line, seconds)
        return self._read(stage, seconds)

    def _assert_quiet(self, stage: Stage) -> None:
        """Nothing may be unread before we speak: a stray reply would shift every later verdict by one (C4,
        46).
        """
        if self._closed:
            raise _Broken(stage, Failure.LOST)
        if not self._buffer:
            self._socket.settimeout(0)
            try:
                self._buffer = self._socket.recv(4096)
            except (BlockingIOError, ssl.SSLWantReadError):
                return
            except OSError as error:
                raise _Broken(stage, Failure.LOST) from error
        raise _Broken(stage, Failure.DESYNC if self._buffer else Failure.LOST)

    def _write_blocks(self, body: bytes) -> None:
        for start in range(0, len(body), BLOCK):
            self._write(Stage.BODY, body[start : start + BLOCK], self._timeouts.block)

    def _write(self, stage: Stage, data: bytes, seconds: float) -> None:
        self._socket.settimeout(seconds)
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise _Broken(stage, Failure.TIMEOUT) from error
        except OSError as error:
            raise _Broken(stage, Failure.LOST) from error

    def _read(self, stage: Stage, seconds: float) -> Reply:
        """One complete reply within `seconds` in all, however slowly its bytes arrive."""
        deadline = monotonic() + seconds
        while True:
            taken = take_reply(self._buffer)
            if isinstance(taken, Failure):
                raise _Broken(stage, taken)
            if taken is not None:
                reply, self._buffer = taken
                return reply
            self._buffer += self._receive(stage, deadline - monotonic())

    def _receive(self, stage: Stage, seconds: float) -> bytes:
        if seconds <= 0:
            raise _Broken(stage, Failure.TIMEOUT)
        self._socket.settimeout(seconds)
        try:
            data = self._socket.recv(4096)
        except TimeoutError as error:
            raise _Broken(stage, Failure.TIMEOUT) from error
        except OSError as error:
            raise _Broken(stage, Failure.LOST) from error
        if not data:
            raise _Broken(stage, Failure.LOST)
        return data
