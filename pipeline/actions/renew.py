"""The page behind a letter that asks for a new yes, or tells of new words (C-09, C-10)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from pipeline.actions.moved_address import moved_since
from pipeline.actions.record_consent import record_consent
from pipeline.actions.renew_consents import changes_since
from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.ledger import PurposeConsent, fold, says_yes
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.notice_change import Difference
from pipeline.core.consent.renewal import LINK_OPENS_FOR
from pipeline.core.consent.tokens import Audience, make, read
from pipeline.core.errors import NotFound
from pipeline.core.message.note import NoteKind
from pipeline.gateways.keys import keyring
from pipeline.store import consent, notes, standing, subscribers
from pipeline.store.consent import StoredNotice
from pipeline.store.notes import StoredNote
from pipeline.store.subscribers import random_uid

log = structlog.get_logger()
CUT_SHORT = "This link does not work. It may have been cut short: open it from the message again."
ASKING = (NoteKind.ASK_AGAIN, NoteKind.RECONFIRM)


@dataclass(frozen=True, slots=True)
class RenewalPage:
    """What the page shows. `state`:

    `asks`: a yes can be said here; `informed`: nothing is asked; `renewed`: it was said since; `ended`: there is no yes
    to renew, since the person said no; `old`: the link is, or it went to a mailbox that is not theirs any more;
    `closed`: nobody can say yes to this list now.
    `doubted`: the button was pressed as machines press it, so that it said nothing, and is to be pressed once more.
    `leave` is the token of the page that stops the list. `before` is the notice of the yes that stands.
    """

    state: str
    title: str
    address: str = ""
    leave: str = ""
    notice: StoredNotice | None = None
    before: StoredNotice | None = None
    changes: tuple[Difference, ...] = ()
    valid_until: datetime | None = None
    doubted: bool = False


def look_at_renewal(token: str, now: datetime) -> RenewalPage:
    """What the link stands for. Changes nothing. Raises NotFound for a token that is not ours."""
    note, purpose, person = _known(notes.by_uid(_uid(token)))
    return _page(note, purpose, person, consent.ledger(person), now)


def renew(token: str, now: datetime, *, suspect_automation: bool = False) -> RenewalPage:
    """Record a new yes, under the notice that is in force. A second time answers the same and records nothing, and so
    does a press that may be a machine's (`suspect_automation`): the page asks for it once more, as `confirm` does.
    """
    with transaction.atomic():
        note, purpose, person = _known(notes.by_uid(_uid(token), lock=True))
        page = _page(note, purpose, person, consent.ledger_locked(person), now)
        if page.state != "asks" or page.notice is None:
            return page
        if suspect_automation:
            log.info("renewal.doubted", note=str(note.uid))
            return replace(page, doubted=True)
        record_consent(
            person,
            [
                Entry(
                    event_id=random_uid(),
                    kind=EventKind.CONSENT_RENEWED,
                    purpose=purpose,
                    occurred_at=now,
                    actor=Actor.DATA_SUBJECT,
                    method=Method.RENEW_POST,
                    notice_id=page.notice.notice_id,
                    notice_version=page.notice.version,
                    consent_sentence_sha256=words_sha256(page.notice.consent_sentence),
                    # The link came to the mailbox, and the notice is archived: as good as a confirmed sign-up.
                    evidence_grade=EvidenceGrade.FULL,
                    evidence={"note": str(note.uid), "why": note.kind.value},
                )
            ],
        )
        return _page(note, purpose, person, consent.ledger(person), now)


def _uid(token: str) -> UUID:
    id16 = read(Audience.RENEW, token, keyring())
    if id16 is None:
        raise NotFound(CUT_SHORT)
    return UUID(bytes=id16)


def _known(note: StoredNote | None) -> tuple[StoredNote, str, int]:
    """The note with its list and its person."""
    if note is None or note.purpose is None or note.subscriber_id is None:
        raise NotFound(CUT_SHORT)
    return note, note.purpose, note.subscriber_id


def _page(note: StoredNote, purpose: str, person: int, entries: list[Entry], now: datetime) -> RenewalPage:
    yes = fold(entries).of(purpose)
    shown = consent.current_notice(purpose, now.date())
    state = _state(note, yes, entries, shown, now)
    title = consent.list_titles([purpose])[purpose]
    if state in ("ended", "old", "closed") or shown is None:
        return RenewalPage(state, title)
    leave = next(each.uid for each in consent.subscriptions(person) if each.purpose == purpose)
    before = consent.notice(yes.notice_id, yes.notice_version) if yes.notice_version else None
    return RenewalPage(
        state=state,
        title=title,
        address=subscribers.by_id(person).address,
        leave=make(Audience.UNSUB, leave.bytes, keyring()),
        notice=shown,
        before=before if before and before.version < shown.version else None,
        changes=tuple(changes_since(purpose, yes, shown)),
        valid_until=yes.valid_until,
    )


def _state(
    note: StoredNote,
    yes: PurposeConsent,
    entries: list[Entry],
    shown: StoredNotice | None,
    now: datetime,
) -> str:
    if moved_since(note.subscriber_id or 0, note.created_at):
        return "old"
    last = next((entry for entry in entries if entry.seq == yes.seq), None)
    grew_old = (
        last is not None and last.kind is EventKind.CONSENT_EXPIRED and yes.status is ConsentStatus.EXPIRED
    )
    if last is None or not (yes.permits or grew_old):
        return "ended"
    if note.kind not in ASKING:
        return "informed" if shown else "closed"
    must = standing.must_renew(note.purpose or "", now)
    outdated = must is not None and must.is_newer_than(yes.notice_version, yes.since)
    if says_yes(last.kind) and last.occurred_at >= note.created_at and not outdated:
        return "renewed"
    if shown is None:
        return "closed"
    return "old" if now > note.created_at + LINK_OPENS_FOR else "asks"
