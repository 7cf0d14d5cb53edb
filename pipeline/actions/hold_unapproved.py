"""Write down which issues wait for a clinician, tell a person, and let go on what may (E-01, E-02, E-10).

What stops a letter is asked at its dot, of the events themselves (store.clearance): this is for people, and for the
time that waiting costs.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from pipeline.actions.release_mailing import move_to_coming_slots
from pipeline.core.delivery.breaker import Alarm
from pipeline.core.delivery.campaign import Mode
from pipeline.core.delivery.lifecycle import MailingState
from pipeline.core.delivery.schedule import GRACE
from pipeline.store import alerts, clearance
from pipeline.store.clearance import Waiting, Waits

log = structlog.get_logger()

_WHY = {
    Waits.UNSIGNED: "nobody has signed off the words that it is made from. A clinician signs them off.",
    Waits.EXPIRED: "the article is past its review date. A clinician reviews it, and signs it for a later one.",
    Waits.WITHDRAWN: "the approval of its words was withdrawn. A clinician signs them off again.",
    Waits.UNSEEN: "no signature that stands is on this letter as it reads. A clinician signs it off; where it names"
    " somebody who took their name back, cancel the campaign and schedule it anew.",
    Waits.WRONG: "its words were marked wrong. Correct or recall them: rounds corrections lists what is open.",
}


def why_waits(reason: str) -> str:
    """The rest of a sentence that begins `It waits: `; empty where it waits for nothing."""
    return _WHY[Waits(reason)] if reason else ""


def hold_unapproved(now: datetime) -> int:
    """Returns how many mailings it stopped or let go on. Nothing that waits is lost."""
    found = clearance.changed(now)
    moved: set[int] = set()  # campaigns whose issues went to the coming slots
    for mailing in found:
        if mailing.reason:
            clearance.stop(mailing.id, mailing.reason, mailing.since)
            log.warning("mailing.waits", mailing=mailing.id, why=mailing.reason)
        else:
            _let_go_on(mailing, moved, now)
    for campaign_id, name in {(mailing.campaign_id, mailing.campaign) for mailing in found}:
        _tell(campaign_id, name, now)
    return len(found)


def _let_go_on(mailing: Waiting, moved: set[int], now: datetime) -> None:
    clearance.go_on(mailing.id, now - mailing.since)
    missed = mailing.state is MailingState.SCHEDULED and now > mailing.due_at + GRACE
    if missed and mailing.mode is Mode.CALENDAR and not mailing.corrects and mailing.campaign_id not in moved:
        # Its day is over, and the next may be near: it and all after it move, so that no week has two (P-07).
        move_to_coming_slots(mailing.campaign, mailing.number, now)
        moved.add(mailing.campaign_id)
    log.info("mailing.goes_on", mailing=mailing.id)


def _tell(campaign_id: int, name: str, now: datetime) -> None:
    """One alert for a campaign, with the first issue that waits."""
    waiting = clearance.waiting(campaign_id)
    if not waiting:
        alerts.cleared([Alarm.UNAPPROVED], name, now)
        return
    number, reason = waiting[0]
    more = f" {len(waiting) - 1} more of its issues wait too." if waiting[1:] else ""
    sentence = f"Issue {number} of {name} waits: {why_waits(reason)}{more} Nothing is lost; it goes on by itself then."
    alerts.raised(Alarm.UNAPPROVED.value, name, sentence, now)
