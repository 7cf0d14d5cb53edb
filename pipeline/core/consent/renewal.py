"""What a yes asks of us as time goes on: to end it, to ask for it again, or to tell of new words (C-09, C-10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.core.consent.ledger import PurposeConsent
from pipeline.core.consent.notice_change import InForce

ASK_BEFORE = timedelta(days=30)  # the end of a yes
LINK_OPENS_FOR = timedelta(days=90)  # from the day of the letter; afterwards one signs up like anybody


class Duty(StrEnum):
    """Each is done once for a yes, but for telling of new words: once for each version."""

    EXPIRE = "expire"
    ASK_AGAIN = "ask_again"
    RECONFIRM = "reconfirm"
    INFORM = "inform"


def asked_until(now: datetime, early: datetime | None = None) -> datetime:
    """Yeses that end by then are asked for again. `early`: somebody wants those that end by that day asked already."""
    usual = now + ASK_BEFORE
    return max(usual, early) if early else usual


def duty(
    consent: PurposeConsent,
    now: datetime,
    must_renew: InForce | None,
    reworded: InForce | None,
    early: datetime | None = None,
) -> Duty | None:
    """The most urgent one, None where a yes may rest. `reworded`: the newest version in force that changed words only.

    Whoever has to say yes anew is asked that and nothing else. `early` is that of `asked_until`.
    """
    if not consent.permits or consent.valid_until is None:
        return None
    if consent.lapsed(now):
        return Duty.EXPIRE
    said = consent.notice_version, consent.since
    if must_renew is not None and must_renew.is_newer_than(*said):
        return Duty.ASK_AGAIN
    if consent.valid_until <= asked_until(now, early):
        return Duty.RECONFIRM
    if reworded is not None and reworded.is_newer_than(*said):
        return Duty.INFORM
    return None
