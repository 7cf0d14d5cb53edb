"""Take back a goodbye on the page that confirmed it: a fresh yes, under the same notice (U-21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.changes import check_changes
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.ledger import fold, says_no
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.tokens import Audience, read
from pipeline.core.errors import Refused
from pipeline.gateways.keys import keyring
from pipeline.store import consent, subscribers
from pipeline.store.subscribers import random_uid

UNDO_WITHIN = timedelta(minutes=15)  # from the goodbye; afterwards a yes takes a sign-up like anybody's

# Of these a page was shown, with the button. What came by another door has no page that could take it back.
_BY_A_PAGE = frozenset({Method.UNSUBSCRIBE_PAGE, Method.PREFERENCE_PAGE})


def open_goodbye(entries: Sequence[Entry], purpose: str, now: datetime) -> Entry | None:
    """The goodbye for `purpose` that its page may still take back: the last no that was said, a short while ago.

    Whoever says no meanwhile, by whatever door, has to say so in the ledger although nothing is left to end: the button
    may be another's, who has a forwarded letter.
    """
    standing = fold(entries).of(purpose)
    goodbye = next((entry for entry in entries if entry.seq == standing.seq), None)
    if goodbye is None or goodbye.kind is not EventKind.CONSENT_WITHDRAWN:
        return None
    if goodbye.method not in _BY_A_PAGE or goodbye.suspect_automation:
        return None
    again = any(
        entry.seq > goodbye.seq and entry.purpose in (None, purpose) and says_no(entry.kind)
        for entry in entries
    )
    return None if again or now > goodbye.occurred_at + UNDO_WITHIN else goodbye


def take_back_goodbye(subscriber_id: int, purpose: str, undo: str, now: datetime) -> None:
    """Give consent for `purpose` again. `undo` is the token of its goodbye, which only the page of that goodbye holds.

    It works for a quarter of an hour, while the goodbye is the last word (`open_goodbye`) and the notice is unchanged.
    Raises Refused with a sentence.
    """
    id16 = read(Audience.UNDO, undo, keyring())
    with transaction.atomic():
        entries = consent.ledger_locked(subscriber_id)
        standing = fold(entries).of(purpose)
        goodbye = open_goodbye(entries, purpose, now)
        notice = next((n for n in consent.current_notices(now.date()) if n.purpose == purpose), None)
        if (
            goodbye is None
            or not subscribers.by_id(subscriber_id).address  # erased since
            or id16 != goodbye.event_id.bytes
            or notice is None
            or (notice.notice_id, notice.version) != (standing.notice_id, standing.notice_version)
        ):
            raise Refused("This cannot be undone here any more. Please sign up again on our sign-up page.")
        check_changes(entries, now)
        yes = Entry(
            event_id=random_uid(),
            kind=EventKind.CONSENT_GIVEN,
            purpose=purpose,
            occurred_at=now,
            actor=Actor.DATA_SUBJECT,
            method=Method.UNDO,
            notice_id=notice.notice_id,
            notice_version=notice.version,
            consent_sentence_sha256=words_sha256(notice.consent_sentence),
            evidence_grade=standing.evidence_grade,
            evidence={"undoes": str(goodbye.event_id)},
        )
        record_consent(subscriber_id, [yes])
