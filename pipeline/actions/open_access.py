"""Whom a link to all that is held belongs to, and whether it still opens (S-02, C-19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pipeline.actions.ask_access import LINK_OPENS_FOR
from pipeline.actions.gather_evidence import gather_evidence
from pipeline.actions.moved_address import moved_since
from pipeline.core.consent.evidence import Evidence
from pipeline.core.consent.tokens import Audience, read
from pipeline.core.errors import NotFound, Refused
from pipeline.core.message.note import NoteKind
from pipeline.gateways.keys import keyring
from pipeline.store import notes, subscribers
from pipeline.store.notes import StoredNote

OVER = "This link does not open anything any more. Ask for a new one on our page about privacy."


@dataclass(frozen=True, slots=True)
class Access:
    """A link that opens. `downloaded`: the one download that it is good for was taken."""

    note_id: int
    subscriber_id: int
    downloaded: bool


def look_at_access(token: str, now: datetime) -> tuple[Access, Evidence] | None:
    """All that is held of the person whose link it is; None for one that is over. Changes nothing. NotFound."""
    access = _access(_note(token), now)
    return None if access is None else (access, gather_evidence(access.subscriber_id, now))


def open_access(token: str, now: datetime) -> Access:
    """For whoever acts by the link, in their transaction: two presses at once come one after the other. Refused for a
    link that is over, NotFound.
    """
    access = _access(_note(token, lock=True), now)
    if access is None:
        raise Refused(OVER)
    return access


def _note(token: str, *, lock: bool = False) -> StoredNote:
    id16 = read(Audience.EXPORT, token, keyring())
    note = notes.by_uid(UUID(bytes=id16), lock=lock) if id16 is not None else None
    if note is None or note.kind is not NoteKind.ACCESS_LINK:
        raise NotFound("This link does not work. It may have been cut short: open it from the message again.")
    return note


def _access(note: StoredNote, now: datetime) -> Access | None:
    """None once a day is over, the person is erased, or their mail goes to another mailbox than this link did."""
    if note.subscriber_id is None or now >= note.created_at + LINK_OPENS_FOR:
        return None
    person = subscribers.by_id(note.subscriber_id)
    if not person.address or moved_since(person.id, note.created_at):
        return None
    return Access(note.id, person.id, note.used_at is not None)
