"""Where the outcome of an attempt leaves a delivery (delivery.md B1, B5, B6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.core.address import without_local_parts
from pipeline.core.delivery.backoff import STEPS, next_attempt
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.replies import Cause, Outcome, Reply, Stage, Verdict

LONGEST_REPLY = 500  # characters kept of what the server said

# The server ended the conversation and said nothing about the message: a new connection may do at once (C4, row 49).
# We hung up, or the stream was broken: a new connection may try soon.
AT_ONCE = frozenset({Cause.CLOSING})
TRY_SOON = frozenset({Cause.ABANDONED, Cause.DESYNC, Cause.LOST, Cause.TIMEOUT, Cause.GARBLED})
SOON = timedelta(seconds=5)
# So often, and then the waits are those of any other delay: it may be this message that ends the conversations.
SOON_TIMES = 3
# Before anybody was named it was not this message. A relay that takes one message on a connection refuses every second
# offer, so that one letter in a thousand is refused ten times in a row.
UNNAMED_TIMES = 16


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an attempt ended. `next_attempt_at` is set when the delivery goes back to the queue.

    `stage` and `verdict` are those of the attempt, `crash` standing for the stage of a sender that died.
    """

    state: DeliveryState
    verdict: str
    stage: str
    cause: str = ""
    reason: str = ""
    code: int | None = None
    enhanced: str = ""
    reply: str = ""
    next_attempt_at: datetime | None = None
    ambiguous: bool = False


def settlement(
    attempt_no: int,
    expires_at: datetime,
    outcome: Outcome,
    now: datetime,
    jitter: float,
    steps: Sequence[timedelta] = STEPS,
) -> Settlement:
    """`attempt_no` counts this attempt, from 1; `jitter` is drawn from 0 to 1; `steps` are those of `backoff`."""
    said = _as_said(outcome)
    if outcome.verdict is Verdict.ACCEPTED:
        return replace(said, state=DeliveryState.ACCEPTED)
    if outcome.verdict is Verdict.REFUSED:
        return replace(said, state=DeliveryState.FAILED, reason=outcome.cause.value)
    if outcome.verdict is Verdict.UNKNOWN:
        return replace(said, state=DeliveryState.UNKNOWN, ambiguous=True)
    again = _again(attempt_no, expires_at, outcome, now, jitter, steps)
    if again is None:
        return replace(said, state=DeliveryState.FAILED, reason="gave_up")
    return replace(said, next_attempt_at=again)


def _again(
    attempt_no: int,
    expires_at: datetime,
    outcome: Outcome,
    now: datetime,
    jitter: float,
    steps: Sequence[timedelta],
) -> datetime | None:
    """When to try again; None when it would be too late.

    Conversations that end for no fault of the message may be tried a few times without the long waits. A server that
    hangs up on everybody is met by the breaker of its route, not here.
    """
    unnamed = outcome.cause is Cause.CLOSING and outcome.stage is Stage.MAIL
    times = UNNAMED_TIMES if unnamed else SOON_TIMES
    if attempt_no <= times:
        if outcome.cause in AT_ONCE:
            return now
        if outcome.cause in TRY_SOON:
            return now + SOON * attempt_no
    elif outcome.cause in AT_ONCE | TRY_SOON:
        attempt_no -= times
    return next_attempt(attempt_no, now, expires_at, jitter, outcome.cause is Cause.GREYLISTED, steps)


def _as_said(outcome: Outcome) -> Settlement:
    """What the server said, with the delivery back in the queue."""
    reply = outcome.reply
    return Settlement(
        state=DeliveryState.QUEUED,
        verdict=outcome.verdict.value,
        stage=outcome.stage.value,
        cause=outcome.cause.value,
        code=reply.code if reply else None,
        enhanced=(reply.enhanced or "") if reply else "",
        reply=kept_reply(reply) if reply else "",
    )


def kept_reply(reply: Reply) -> str:
    """What is kept of a reply: it tells why, and names nobody (S-17)."""
    return without_local_parts(reply.text)[:LONGEST_REPLY]
