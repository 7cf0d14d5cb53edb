"""Look after the yeses of a list as time goes on: end them, ask for them again, tell of new words (C-09, C-10).

A step of a walk is bounded, and each person is a transaction of their own, so that a goodbye never waits for more than
one of them. Late or lost steps do no harm to anybody: what a yes no longer carries is not sent, whatever was written
down (`store.standing`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.ledger import PurposeConsent, fold
from pipeline.core.consent.notice_change import Difference, InForce
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.renewal import Duty, duty
from pipeline.core.message.context import long_date
from pipeline.core.message.note import NoteKind
from pipeline.store import consent, notes, renewals, standing
from pipeline.store.consent import StoredNotice
from pipeline.store.renewals import Due
from pipeline.store.subscribers import random_uid

WORTH_SENDING = timedelta(days=7)
MOST_CHANGES = 12  # sentences in a letter; the page has them all

log = structlog.get_logger()

LETTERS = {
    Duty.ASK_AGAIN: (NoteKind.ASK_AGAIN, EventKind.RECONFIRM_REQUESTED),
    Duty.RECONFIRM: (NoteKind.RECONFIRM, EventKind.RECONFIRM_REQUESTED),
    Duty.INFORM: (NoteKind.NOTICE_CHANGED, EventKind.NOTICE_CHANGED_INFORMED),
}


def renew_consents(now: datetime) -> int:
    """Go one step along each list that was not walked along today. Returns how many people it did something for."""
    return sum(_step(purpose, now) for purpose in consent.purpose_ids())


def _step(purpose: str, now: datetime) -> int:
    must, reworded = standing.must_renew(purpose, now), standing.reworded(purpose, now)
    step = renewals.next_step(purpose, now, reworded)
    if step is None:
        return 0
    done = sum(_look_after(each, purpose, now, must, reworded, step.ask_until) for each in step.due)
    renewals.stand_at(purpose, step)
    if done:
        log.info("consents.looked_after", purpose=purpose, people=done)
    return done


def _look_after(
    due: Due,
    purpose: str,
    now: datetime,
    must: InForce | None,
    reworded: InForce | None,
    early: datetime | None,
) -> bool:
    with transaction.atomic():
        yes = fold(consent.ledger_locked(due.subscriber_id)).of(purpose)
        if duty(yes, now, must, reworded, early) is not due.duty:
            return False  # a yes or a no came in between
        if due.duty is Duty.EXPIRE:
            record_consent(due.subscriber_id, [_entry(EventKind.CONSENT_EXPIRED, purpose, now)])
            return True
        if purpose == OPEN_TRACKING:
            return False  # nobody is written to about that: the page of choices asks
        kind, event = LETTERS[due.duty]
        shown = consent.current_notice(purpose, now.date())
        if shown is None:
            return False  # the list is closed: nobody can say yes to it (C-43)
        note = notes.queue(
            kind,
            _values(due.duty, yes, shown, purpose),
            due.address_key,
            now,
            now + WORTH_SENDING,
            subscriber_id=due.subscriber_id,
            purpose=purpose,
        )
        entry = _entry(event, purpose, now, shown, {"note": str(note.uid), "why": due.duty.value})
        record_consent(due.subscriber_id, [entry])
        return True


def _entry(
    kind: EventKind,
    purpose: str,
    now: datetime,
    shown: StoredNotice | None = None,
    evidence: dict[str, object] | None = None,
) -> Entry:
    return Entry(
        event_id=random_uid(),
        kind=kind,
        purpose=purpose,
        occurred_at=now,
        actor=Actor.SYSTEM,
        method=Method.SCHEDULER,
        notice_id=shown.notice_id if shown else "",
        notice_version=shown.version if shown else None,
        evidence=evidence or {},
    )


def _values(due: Duty, yes: PurposeConsent, shown: StoredNotice, purpose: str) -> dict[str, str]:
    """The same for everybody who said yes under the same version, so that a letter is made once for many."""
    values = {"list": shown.title, "version": str(shown.version)}
    if due is Duty.RECONFIRM:
        return values | {"day": (yes.valid_until and long_date(yes.valid_until.date())) or ""}
    changes = changes_since(purpose, yes, shown)
    told = [each.says for each in changes if each.material or due is Duty.INFORM]
    return values | {
        "day": long_date(shown.effective_from) or "",
        "changes": "\n".join(told[:MOST_CHANGES] or ["The notice says what we do now."]),
    }


def changes_since(purpose: str, yes: PurposeConsent, shown: StoredNotice) -> list[Difference]:
    """What changed between the version of a yes and the one that is shown now; the material things first."""
    later = [
        notice
        for notice in consent.notices_of(purpose)
        if notice.version <= shown.version
        and standing.in_force(notice).is_newer_than(yes.notice_version, yes.since)
    ]
    found = {each.says: each for notice in reversed(later) for each in notice.changed}
    return sorted(found.values(), key=lambda each: not each.material)
