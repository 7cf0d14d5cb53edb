"""When our side received a mail. What its sender says of that, in `Date`, decides nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.core.feedback.bounce_report import moment
from pipeline.core.feedback.mime import Taken

OLDEST = timedelta(days=30)  # no mailbox is left unread for so long: an earlier date is a wrong one
CLOCKS_APART = timedelta(minutes=10)  # far more than any two clocks that are set by NTP


def traced(taken: Taken) -> datetime | None:
    """What the first `Received` field says: a host puts its own before all others (RFC 5321 section 4.4)."""
    return moment(taken.first("received").rpartition(";")[2].strip())


def received_at(mailbox_says: datetime | None, trace: datetime | None, now: datetime) -> datetime:
    """The mailbox's own record, or else the trace. Never in the future; and `now` where neither can be believed.

    In doubt it is later rather than earlier: a no that is dated too early might lose against a yes.
    """
    said = mailbox_says or trace
    return said if said is not None and now - OLDEST <= said <= now else now


def yes_stands(yes_at: datetime, no_received_at: datetime, now: datetime) -> bool:
    """Whether a yes was clearly said after a no that was received at that time and is only read now.

    Another host's clock took the time of the mail. Where the two are no further apart than clocks may be, the no holds;
    and so it does against a yes that is dated in the future.
    """
    return no_received_at + CLOCKS_APART < yes_at <= now
