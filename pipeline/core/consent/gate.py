"""May this be sent to this person now? Asked when an issue is opened, and again when a delivery is claimed.

The order is B-30's: all, marketing, list, consent, cadence; the first no is the reason. Confirmation and
system mail answers to `all` and to "this was not me" alone (B-32).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.core.consent.ledger import ConsentState
from pipeline.core.consent.notice_change import InForce
from pipeline.core.consent.suppression import ALL, CONFIRMATION, MARKETING, Reason, Suppression, list_scope


@dataclass(frozen=True, slots=True)
class ListMail:
    """An issue of a series, sent for one purpose."""

    purpose: str


@dataclass(frozen=True, slots=True)
class SystemMail:
    """A confirmation or another letter that the person's own act asks for."""


Stream = ListMail | SystemMail


class Stop(StrEnum):
    """Why not. The values are the reasons counted for everybody left out of an issue."""

    SUPPRESSED_ALL = "suppressed_all"
    NOT_ME = "not_me"
    SUPPRESSED_MARKETING = "suppressed_marketing"
    SUPPRESSED_LIST = "suppressed_list"
    NO_CONSENT = "no_consent"
    CONSENT_EXPIRED = "consent_expired"  # the yes is over, although nobody has written it down yet (C-09)
    NOTICE_OUTDATED = "notice_outdated"  # what it was a yes to has changed since (C-10)
    TOO_SOON = "too_soon"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Send it."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Refused:
    """Do not, and count why. `detail` is the consent status or the suppression's reason."""

    reason: Stop
    detail: str = ""

    def __bool__(self) -> bool:
        return False


Decision = Allowed | Refused


def decide(
    stream: Stream,
    state: ConsentState,
    suppressions: Collection[Suppression],
    *,
    too_soon: bool = False,
    now: datetime | None = None,
    must_renew: InForce | None = None,
) -> Decision:
    """`suppressions` are those in force (`suppression.active`). `too_soon`: the purpose's cadence is used up.

    Give `now` and the purpose's `must_renew` for list mail: without them a yes that has ended still counts.
    """
    stop = _suppressed(stream, suppressions)
    if stop is not None:
        return stop
    if isinstance(stream, SystemMail):
        return Allowed()
    consent = state.of(stream.purpose)
    if not consent.permits:
        return Refused(Stop.NO_CONSENT, consent.status.value)
    if now is not None and consent.lapsed(now):
        return Refused(Stop.CONSENT_EXPIRED)
    if must_renew is not None and must_renew.is_newer_than(consent.notice_version, consent.since):
        return Refused(Stop.NOTICE_OUTDATED)
    return Refused(Stop.TOO_SOON) if too_soon else Allowed()


def _suppressed(stream: Stream, suppressions: Collection[Suppression]) -> Refused | None:
    asked = [(ALL, Stop.SUPPRESSED_ALL)]
    if isinstance(stream, SystemMail):
        # Only a letter that somebody asks for now can show that a mailbox which bounced is back (B-10). The limits on
        # confirmations keep it rare.
        suppressions = [s for s in suppressions if s.reason is not Reason.HARD_BOUNCE]
    if isinstance(stream, SystemMail):
        asked.append((CONFIRMATION, Stop.NOT_ME))
    else:
        asked.append((MARKETING, Stop.SUPPRESSED_MARKETING))
        asked.append((list_scope(stream.purpose), Stop.SUPPRESSED_LIST))
    for scope, stop in asked:
        reason = next((s.reason.value for s in suppressions if s.scope == scope), None)
        if reason is not None:
            return Refused(stop, reason)
    return None
