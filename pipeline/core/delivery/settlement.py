"""Where the outcome of an attempt leaves a delivery (delivery.md B1, B5, B6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.core.delivery.backoff import next_attempt
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.delivery.replies import Cause, Outcome, Verdict

LONGEST_REPLY = 500  # characters kept of what the server said

# The server, or we, ended the conversation; nothing was said about the message. A new connection may try soon, a little
# later each time, so that a server which always hangs up is not knocked at without a pause.
TRY_SOON = frozenset({Cause.CLOSING, Cause.ABANDONED, Cause.DESYNC})
SOON = timedelta(seconds=5)


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
    attempt_no: int, expires_at: datetime, outcome: Outcome, now: datetime, jitter: float
) -> Settlement:
    """`attempt_no` counts this attempt, from 1; `jitter` is drawn from 0 to 1."""
    said = _as_said(outcome)
    if outcome.verdict is Verdict.ACCEPTED:
        return replace(said, state=DeliveryState.ACCEPTED)
    if outcome.verdict is Verdict.REFUSED:
        return replace(said, state=DeliveryState.FAILED, reason=outcome.cause.value)
    if outcome.verdict is Verdict.UNKNOWN:
        return replace(said, state=DeliveryState.UNKNOWN, ambiguous=True)
    if outcome.cause in TRY_SOON:
        return replace(said, next_attempt_at=now + SOON * attempt_no)
    again = next_attempt(attempt_no, now, expires_at, jitter, outcome.cause is Cause.GREYLISTED)
    if again is None:
        return replace(said, state=DeliveryState.FAILED, reason="gave_up")
    return replace(said, next_attempt_at=again)


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
        reply=reply.text[:LONGEST_REPLY] if reply else "",
    )
