"""One conversation with one relay, for many messages one after the other."""

from __future__ import annotations

import ssl
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Self

from pipeline.core.delivery import commands
from pipeline.core.delivery.commands import Extensions
from pipeline.core.delivery.relay import Relay
from pipeline.core.delivery.replies import (
    ENVELOPE,
    GO_AHEAD,
    Cause,
    Failure,
    Outcome,
    Reply,
    Stage,
    Verdict,
    acceptance,
    classify,
    judge_envelope,
    succeeded,
)
from pipeline.core.message.addr_spec import addr_spec
from pipeline.core.message.wire import Wire
from pipeline.gateways import failpoints
from pipeline.gateways.smtp import opening
from pipeline.gateways.smtp.conversation import ask, read
from pipeline.gateways.smtp.stream import Broken, Stream
from pipeline.gateways.smtp.timeouts import Timeouts

_DOT = b".\r\n"
_LAST = b"BDAT 0 LAST\r\n"  # RFC 3030 section 2 allows an empty last chunk
_CLOSING = 421
_WAITS_FOR_A_MESSAGE = 354
_LINE_ENDED = (Failure.LOST, Failure.TIMEOUT)  # what had been said whole before it stands


class Connection:
    """One conversation with one relay. Made by `open`, and used by one task at a time for as long as it is `usable`.

    Where PIPELINING is offered, MAIL, RCPT and DATA go in one write and every reply is checked (RFC 2920). Where
    CHUNKING is offered too and the message is a `Wire`, the whole message goes in that write as one chunk, and an
    empty last chunk is the dot (RFC 3030): the server has then told us that it holds every byte before we say that it
    may deliver. A transaction is by DATA or by BDAT, never both.

    The 354 to DATA shows that we and the server are in step. In chunks every good reply is a 250, and a stray one
    would pass for the next; so a reply to BDAT counts only if it names the bytes that it took, as Postfix and Exim do.
    With a server that does not, messages go by DATA.
    """

    __slots__ = (
        "_chunking",
        "_dot_line",
        "_listened",
        "_pipelining",
        "_size_limit",
        "_stream",
        "_timeouts",
        "extensions",
        "relay",
    )

    def __init__(self, relay: Relay, stream: Stream, timeouts: Timeouts, extensions: Extensions) -> None:
        self.relay = relay
        self.extensions = extensions
        self._stream = stream
        self._timeouts = timeouts
        self._dot_line: bytes | None = None  # what ends the message that the server holds, while it holds one
        self._listened = False  # to the kernel too, just now
        self._size_limit = extensions.size_limit
        self._pipelining = "PIPELINING" in extensions
        self._chunking = relay.chunking and self._pipelining and "CHUNKING" in extensions
        stream.prompt = self._chunking

    @classmethod
    async def open(
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
        stream = await opening.connect(relay, timeouts.connect)
        try:
            extensions = await opening.greet(relay, stream, helo, timeouts, tls_context)
        except BaseException:
            stream.close()
            raise
        return cls(relay, stream, timeouts, extensions)

    @property
    def usable(self) -> bool:
        """True when another message may be sent. False once the server has hung up or spoken out of turn."""
        if self._dot_line is not None or self._stream.closed:
            return False
        if self._stream.overheard() is not None:
            self._drop()
            return False
        self._listened = True
        return True

    async def offer(
        self, mail_from: str, rcpt_to: str, message: bytes | Wire, envelope_id: str | None = None
    ) -> Outcome | None:
        """The envelope and the message without its final dot. None: the server waits for the dot.

        Any outcome means that nothing was handed over. After a refusal the connection stays usable where the server
        lets it. BadInput, before a byte is sent, for an address or an envelope id that no command can carry.
        """
        if self._dot_line is not None:
            raise RuntimeError("a message is waiting for its dot: dot() or abandon() comes first")
        smtputf8 = not rcpt_to.isascii() and addr_spec(rcpt_to).needs_smtputf8
        refusal = self._beyond_the_relay(smtputf8, len(message))
        if refusal is not None:
            return refusal
        mail = commands.mail(
            mail_from, self.extensions, size=len(message), envid=envelope_id, smtputf8=smtputf8
        )
        rcpt = commands.rcpt(rcpt_to, self.extensions)
        try:
            if self._chunking and isinstance(message, Wire):
                outcome = await self._by_chunk(mail + rcpt, message)
                if self._chunking:
                    return outcome
            return await self._by_data(mail, rcpt, message)
        except Broken as broken:
            return self._ended(broken)
        except BaseException:
            self._drop()  # cancelled in the middle of it
            raise

    async def dot(self) -> Outcome:
        """Send the final dot alone and read one complete reply. Anything but that is `unknown`, with its cause.

        If the server spoke or hung up before the dot, the dot is not sent and the outcome is `not_sent`: otherwise a
        stray `250` would pass for its acceptance.
        """
        line, self._dot_line = self._dot_line, None
        if line is None:
            raise RuntimeError("no message is waiting for its dot: offer() comes first")
        heard = self._stream.overheard()
        if heard is not None:
            return self._ended(Broken(Stage.BODY, heard))
        try:
            self._stream.write(Stage.DOT, line)
            failpoints.reach("after_dot")
            until = monotonic() + self._timeouts.dot
            await self._stream.more(1, self._timeouts.dot)
            accepted = acceptance(self._stream.received)
            if accepted is not None:
                self._stream.received = b""
                return accepted
            reply = await read(self._stream, Stage.DOT, until - monotonic())
        except Broken as broken:
            return self._ended(broken)
        except BaseException:
            self._drop()
            raise
        outcome = classify(Stage.DOT, reply)
        if outcome.verdict is Verdict.UNKNOWN or reply.code == 421:
            self._drop()
        return outcome

    def abandon(self) -> Outcome:
        """Hang up without a dot: the server has no whole message, and must not deliver one."""
        self._drop()
        return Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.ABANDONED)

    async def close(self) -> None:
        """Say QUIT and hang up. In the middle of a message it is `abandon`, as QUIT would be a line of the message."""
        if self._dot_line is not None:
            self.abandon()
        if self._stream.closed:
            return
        try:
            # The conversation is over either way, and no verdict depends on its last word.
            with suppress(Broken):
                await ask(self._stream, Stage.MAIL, b"QUIT\r\n", self._timeouts.quit)
        finally:
            self._dot_line = None
            self._stream.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # --- a message but for its dot

    def _beyond_the_relay(self, smtputf8: bool, size: int) -> Outcome | None:
        """What need not be tried, as the relay has said that it cannot take it."""
        if smtputf8 and "SMTPUTF8" not in self.extensions:
            return Outcome(Verdict.REFUSED, Stage.RCPT, None, Cause.UNSUPPORTED_ADDRESS)
        if 0 < self._size_limit < size:
            return Outcome(Verdict.NOT_SENT, Stage.MAIL, None, Cause.TOO_LARGE)
        return None

    async def _by_data(self, mail: bytes, rcpt: bytes, message: bytes | Wire) -> Outcome | None:
        body = message if isinstance(message, Wire) else Wire(commands.body(message))
        if self._pipelining:
            self._speak(mail + rcpt + b"DATA\r\n")
            outcome = await self._answers()
        else:
            outcome = await self._one_by_one(mail, rcpt)
        if outcome is None:
            self._stream.write_pieces(Stage.BODY, body.pieces, body.size)
            await self._stream.drained(Stage.BODY, self._timeouts.block)
            self._dot_line = _DOT
        return outcome

    async def _by_chunk(self, envelope: bytes, message: Wire) -> Outcome | None:
        """If the envelope is refused, the server swallows the chunk all the same."""
        self._speak(b"%bBDAT %d\r\n" % (envelope, message.size), message)
        await self._stream.written(Stage.BODY, self._timeouts.block)
        outcome = await self._answers(len(message))
        if outcome is None and self._chunking:
            self._dot_line = _LAST
        return outcome

    async def _one_by_one(self, mail: bytes, rcpt: bytes) -> Outcome | None:
        wait = self._timeouts
        for stage, line, seconds in (
            (Stage.MAIL, mail, wait.mail),
            (Stage.RCPT, rcpt, wait.rcpt),
            (Stage.DATA, b"DATA\r\n", wait.data),
        ):
            reply = await ask(self._stream, stage, line, seconds)
            if not succeeded(stage, reply):
                return await self._refused(classify(stage, reply))
        return None

    def _speak(self, envelope: bytes, chunk: Wire | None = None) -> None:
        stream = self._stream
        heard = stream.noticed() if self._listened else stream.overheard()
        self._listened = False
        if heard is not None:
            raise Broken(Stage.MAIL, heard)
        if chunk is None:
            stream.write(Stage.MAIL, envelope)
        else:
            stream.write_pieces(Stage.MAIL, (envelope, *chunk.pieces), len(envelope) + chunk.size)

    # --- the replies to a group

    async def _answers(self, chunk: int = 0) -> Outcome | None:
        """Every reply of a group, checked each; None when the server goes on. `chunk`: bytes of a BDAT in it."""
        stream = self._stream
        # Some may have come while the chunk was being written.
        to_come = len(ENVELOPE) - stream.received.count(b"\n")
        failure = await stream.more(to_come, self._timeouts.mail) if to_come > 0 else None
        if not chunk and GO_AHEAD.fullmatch(stream.received):
            stream.received = b""
            return None
        replies, broken = await self._each_answer(0 if failure else self._timeouts.mail)
        outcome = judge_envelope(replies, chunked=chunk > 0)
        if broken is not None and (outcome is None or broken.failure not in _LINE_ENDED):
            raise broken
        if stream.received and replies[-1].code != _CLOSING:
            raise Broken(outcome.stage if outcome else Stage.DATA, Failure.DESYNC)
        if outcome is None:
            if chunk and not replies[-1].names(chunk):
                await self._go_on_by_data()
            return None
        in_doubt = broken is not None or outcome.cause is Cause.DESYNC
        # A 354 though nobody is to get the message: a dot now might deliver an empty one to somebody, so hang up.
        waits_for_nothing = replies[-1].code == _WAITS_FOR_A_MESSAGE
        chunk_refused = (
            chunk > 0 and outcome.stage is Stage.DATA
        )  # without a 354 nothing shows that we are in step
        if in_doubt or waits_for_nothing or chunk_refused:
            self._drop()
            return outcome
        return await self._refused(outcome)

    async def _each_answer(self, patience: float) -> tuple[list[Reply], Broken | None]:
        """The replies of a group as far as they come, and why there are no more. A 421 is the last."""
        replies: list[Reply] = []
        seconds = (patience, self._timeouts.rcpt, self._timeouts.data)
        for number, stage in enumerate(ENVELOPE):
            try:
                reply = await read(self._stream, stage, seconds[number], len(ENVELOPE) - number)
            except Broken as broken:
                return replies, broken
            replies.append(reply)
            if reply.code == _CLOSING:
                break
        return replies, None

    async def _go_on_by_data(self) -> None:
        """Nothing was handed over yet: the transaction is taken back, and this connection uses no more chunks."""
        self._chunking = self._stream.prompt = False
        if not await self._reset():
            raise Broken(Stage.DATA, Failure.LOST)

    # --- ending an attempt

    async def _refused(self, outcome: Outcome) -> Outcome:
        reply = outcome.reply
        if reply is None or reply.code == _CLOSING or not (reply.transient or reply.permanent):
            self._drop()
        elif not await self._reset():
            self._drop()  # the verdict stands; only the connection is lost
        return outcome

    async def _reset(self) -> bool:
        try:
            return (await ask(self._stream, Stage.MAIL, b"RSET\r\n", self._timeouts.reset)).positive
        except Broken:
            return False

    def _ended(self, broken: Broken) -> Outcome:
        self._drop()
        return classify(broken.stage, broken.failure)

    def _drop(self) -> None:
        self._dot_line = None
        self._stream.reset()
