"""What an SMTP server said, and what it means for one delivery at the stage where it was said (delivery.md
B5).

Everything before the final dot is safe to try again. After the dot only one complete reply settles the
matter; anything else is `unknown`, and is never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.delivery.bounce_class import BounceClass, bounce_class

LINE_LIMIT = 8 * 1024  # bytes; RFC 5321 section 4.5.3.1.5 allows 512, and a longer line than this is garbage
REPLY_LIMIT = 64 * 1024  # bytes of one multi-line reply

_LINE = re.compile(rb"([1-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_ENHANCED = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9.])")
_QUEUE_ID = re.compile(r"\bqueued as <?([A-Za-z0-9._-]+)", re.IGNORECASE)
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class Stage(StrEnum):
    """How far a conversation has come: the step whose answer is awaited."""

    CONNECT = "connect"
    GREETING = "greeting"
    HELO = "helo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"


class Verdict(StrEnum):
    ACCEPTED = "accepted"  # a complete 2yz to the dot
    DEFERRED = "deferred"  # a complete 4yz about this recipient or this message: try again later
    REFUSED = "refused"  # a complete 5yz about this recipient or this message: do not try again
    NOT_SENT = "not_sent"  # it stopped before the dot for a reason that is not the recipient's: try again
    UNKNOWN = "unknown"  # the dot was handed over and no complete reply came back


class Cause(StrEnum):
    """Why. The `reply_*` values are those of `lifecycle.Cause`."""

    ACCEPTED = "accepted"
    ROUTE = "route"  # the relay cannot be reached, or will not talk to us
    TLS = "tls"  # no encryption, or a certificate that does not verify
    LOGIN = "login"  # the relay does not let us in: do not knock again and again
    SENDER = "sender"  # the relay objects to us as the sender
    CLOSING = "closing"  # 421: the server ends this connection; a new one may do at once
    GREYLISTED = "greylisted"
    TEMPORARY = "temporary"
    BAD_ADDRESS = "bad_address"  # the mailbox is not there: the only cause that suppresses an address
    UNSUPPORTED_ADDRESS = "unsupported_address"  # the address needs SMTPUTF8 and the relay lacks it (M-11)
    POLICY = "policy"  # refused for what it is or whom it is from; the address is not at fault
    PERMANENT = "permanent"
    TOO_LARGE = "too_large"  # or in a form that the host does not take: the issue is at fault
    DATA_REFUSED = "data_refused"
    LOST = "lost"  # end of file, reset or failed write before the dot
    TIMEOUT = "timeout"
    GARBLED = "garbled"
    DESYNC = "desync"  # the server had said something that nobody asked for
    ABANDONED = "abandoned"  # we hung up before the dot, on purpose
    REPLY_LOST = "reply_lost"
    REPLY_TIMEOUT = "reply_timeout"
    REPLY_GARBLED = "reply_garbled"


class Failure(StrEnum):
    """What happened where a reply should have been."""

    UNREACHABLE = "unreachable"
    LOST = "lost"
    TIMEOUT = "timeout"
    GARBLED = "garbled"
    DESYNC = "desync"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Reply:
    """One complete reply: its code, and its lines without code and line end."""

    code: int
    lines: tuple[str, ...] = ("",)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def enhanced(self) -> str | None:
        """The enhanced status code, such as `5.1.1` (RFC 3463), if it agrees with the basic code."""
        for line in self.lines:
            found = _ENHANCED.match(line)
            if found and found[1] == str(self.code)[0]:
                return found[0]
        return None

    @property
    def queue_id(self) -> str | None:
        """The name under which the next hop queued the message, where it says so."""
        found = _QUEUE_ID.search(self.text)
        return found[1] if found else None

    def names(self, number: int) -> bool:
        """True when `number` is a word of the text, as in `250 2.0.0 Ok: 46000 bytes`."""
        return str(number) in (word.strip(".,:;()") for word in self.text.split())

    @property
    def positive(self) -> bool:
        return 200 <= self.code < 300

    @property
    def transient(self) -> bool:
        return 400 <= self.code < 500

    @property
    def permanent(self) -> bool:
        return 500 <= self.code < 600


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended. `reply` is what the server said, if it said something whole."""

    verdict: Verdict
    stage: Stage
    reply: Reply | None
    cause: Cause

    @property
    def suppresses(self) -> bool:
        """True when the address itself is known to be dead: only then may it be suppressed."""
        return self.verdict is Verdict.REFUSED and self.cause is Cause.BAD_ADDRESS


def take_reply(buffer: bytes) -> tuple[Reply, bytes] | Failure | None:
    """The first complete reply in `buffer` and the bytes after it; None when more must be read first.

    `Failure.GARBLED` for what can never become a reply: a line that does not start with a code, a line over 8
    KiB, lines with different codes, control characters, bytes that are not UTF-8 (RFC 6531 allows UTF-8
    there, and nothing else).
    """
    codes: set[bytes] = set()
    lines: list[str] = []
    start = 0
    while (end := buffer.find(b"\n", start)) >= 0:
        line = buffer[start:end].removesuffix(b"\r")
        start = end + 1
        found = _LINE.fullmatch(line)
        if not found or len(line) > LINE_LIMIT or start > REPLY_LIMIT or _CONTROL.search(line):
            return Failure.GARBLED
        codes.add(found[1])
        try:
            lines.append((found[3] or b"").decode("utf-8"))
        except UnicodeDecodeError:
            return Failure.GARBLED
        if len(codes) > 1:
            return Failure.GARBLED
        if found[2] != b"-":
            return Reply(int(found[1]), tuple(lines)), buffer[start:]
    return Failure.GARBLED if len(buffer) - start > LINE_LIMIT else None


def acceptance(said: bytes) -> Outcome | None:
    """What `take_reply` and `classify` make of all that was said after a dot, where it is the usual good answer."""
    found = ACCEPTANCE.fullmatch(said)
    if found is None:
        return None
    reply = Reply(int(found[1]), ((found[2] or b"").decode("ascii"),))
    return Outcome(Verdict.ACCEPTED, Stage.DOT, reply, Cause.ACCEPTED)


def classify(stage: Stage, answer: Reply | Failure) -> Outcome:
    """The table of B5: what `answer` at `stage` means. ValueError for a step that succeeded, as that ends
    nothing.
    """
    reply = answer if isinstance(answer, Reply) else None
    if reply is not None and succeeded(stage, reply) and stage is not Stage.DOT:
        raise ValueError(f"{reply.code} at {stage} goes on; it is not an outcome")
    verdict, cause = _failed(stage, answer) if isinstance(answer, Failure) else _said(stage, answer)
    return Outcome(verdict, stage, reply, cause)


def succeeded(stage: Stage, reply: Reply) -> bool:
    """True when `reply` is what the protocol goes on with after `stage`."""
    if stage is Stage.DATA:
        return reply.code == 354
    return reply.positive


_BEFORE_THE_DOT: Mapping[Failure, Cause] = {
    Failure.UNREACHABLE: Cause.ROUTE,
    Failure.LOST: Cause.LOST,
    Failure.TIMEOUT: Cause.TIMEOUT,
    Failure.GARBLED: Cause.GARBLED,
    Failure.DESYNC: Cause.DESYNC,
    Failure.TLS: Cause.TLS,
}
_AT_THE_DOT: Mapping[Failure, Cause] = {
    Failure.UNREACHABLE: Cause.REPLY_LOST,
    Failure.LOST: Cause.REPLY_LOST,
    Failure.TIMEOUT: Cause.REPLY_TIMEOUT,
    Failure.GARBLED: Cause.REPLY_GARBLED,
    Failure.DESYNC: Cause.REPLY_GARBLED,
    Failure.TLS: Cause.REPLY_LOST,
}
_ROUTE_STAGES: Mapping[Stage, Cause] = {
    Stage.CONNECT: Cause.ROUTE,
    Stage.GREETING: Cause.ROUTE,
    Stage.HELO: Cause.ROUTE,
    Stage.STARTTLS: Cause.TLS,
    Stage.AUTH: Cause.LOGIN,
}
ENVELOPE = (Stage.MAIL, Stage.RCPT, Stage.DATA)  # sent in one group where the server offers PIPELINING
_WHOLE = rb"(?: [\t -~]{0,1000})?\r?\n"
# The usual good answer to such a group, seen at a glance. Whatever does not match is read with care.
GO_AHEAD = re.compile(rb"2[0-9]{2}" + _WHOLE + rb"2[0-9]{2}" + _WHOLE + rb"354" + _WHOLE)
# And the usual good answer to a dot: one line, its code and its text.
ACCEPTANCE = re.compile(rb"(2[0-9]{2})(?: ([\t -~]{0,1000}))?\r?\n")


def judge_envelope(replies: Sequence[Reply], *, chunked: bool = False) -> Outcome | None:
    """What the replies to MAIL, RCPT and DATA, sent in one group, mean together (RFC 2920 section 3.1). None: go on.

    `chunked`: the third was BDAT, which wants 2yz and not 354. `replies` may end early, where the line did. The first
    refusal decides. What follows it must be refused too: where it is not, the server is out of step with us, and its
    refusal may have been an answer to something else, so that nobody is blamed for it.
    """
    pairs = list(zip(ENVELOPE, replies, strict=False))
    for number, (stage, reply) in enumerate(pairs):
        if chunked and stage is Stage.DATA:
            if reply.positive:
                continue
            if reply.code == 354:
                return Outcome(Verdict.NOT_SENT, stage, reply, Cause.GARBLED)
        elif succeeded(stage, reply):
            continue
        if all(_follows_a_refusal(*each, chunked) for each in pairs[number + 1 :]):
            return classify(stage, reply)
        return classify(stage, Failure.DESYNC)
    return None


def _follows_a_refusal(stage: Stage, reply: Reply, chunked: bool) -> bool:
    """A server may answer DATA with 354 although it has refused every recipient (RFC 2920 section 3.1)."""
    return reply.transient or reply.permanent or (stage is Stage.DATA and reply.code == 354 and not chunked)


_REFUSALS_BEFORE_RCPT: Mapping[Stage, Cause] = {Stage.MAIL: Cause.SENDER, Stage.DATA: Cause.DATA_REFUSED}
_WHY_REFUSED: Mapping[BounceClass, Cause] = {
    BounceClass.HARD: Cause.BAD_ADDRESS,
    BounceClass.SENDER_FAULT: Cause.POLICY,
    BounceClass.CONTENT: Cause.TOO_LARGE,
}
_GREYLIST_CODES = frozenset({421, 450, 451})


def _failed(stage: Stage, failure: Failure) -> tuple[Verdict, Cause]:
    if stage is Stage.DOT:
        return Verdict.UNKNOWN, _AT_THE_DOT[failure]
    if stage in _ROUTE_STAGES:
        return Verdict.NOT_SENT, Cause.TLS if failure is Failure.TLS else Cause.ROUTE
    return Verdict.NOT_SENT, _BEFORE_THE_DOT[failure]


def _said(stage: Stage, reply: Reply) -> tuple[Verdict, Cause]:
    if stage is Stage.DOT:
        return _said_to_the_dot(reply)
    if stage in _ROUTE_STAGES:
        # A login that is only busy (4yz, such as 454) says nothing against the password.
        return Verdict.NOT_SENT, _ROUTE_STAGES[stage] if reply.permanent else Cause.ROUTE
    if not (reply.transient or reply.permanent):
        return Verdict.NOT_SENT, Cause.GARBLED
    if stage is Stage.RCPT:
        return _said_to_rcpt(reply)
    if reply.code == 421:
        return Verdict.NOT_SENT, Cause.CLOSING
    return Verdict.NOT_SENT, _REFUSALS_BEFORE_RCPT.get(stage, Cause.DESYNC)


def _said_to_rcpt(reply: Reply) -> tuple[Verdict, Cause]:
    if reply.permanent:
        return _refused(reply)
    if reply.code in _GREYLIST_CODES or (reply.enhanced or "").startswith("4.7."):
        return Verdict.DEFERRED, Cause.GREYLISTED
    return Verdict.DEFERRED, Cause.TEMPORARY


def _said_to_the_dot(reply: Reply) -> tuple[Verdict, Cause]:
    if reply.positive:
        return Verdict.ACCEPTED, Cause.ACCEPTED
    if reply.transient:
        return Verdict.DEFERRED, Cause.TEMPORARY
    if reply.permanent:
        return _refused(reply)
    return Verdict.UNKNOWN, Cause.REPLY_GARBLED


def _refused(reply: Reply) -> tuple[Verdict, Cause]:
    """By the table that bounce reports are read by too (B-06).

    A mailbox that is full may have room tomorrow, also where the host says 552 for it (RFC 5321 section 4.5.3.1.10).
    """
    why = bounce_class(reply.code, reply.enhanced or "", reply.text)
    if why is BounceClass.FULL:
        return Verdict.DEFERRED, Cause.TEMPORARY
    return Verdict.REFUSED, _WHY_REFUSED.get(why, Cause.PERMANENT)
