"""Send a person's mail to a new address once it has confirmed itself; tell the old one, which can undo it (C-20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from pipeline.actions.ask_new_address import CONFIRM_WITHIN, may_move
from pipeline.actions.close_request import close_request
from pipeline.actions.moved_address import moved_since
from pipeline.actions.note_no import suppress
from pipeline.actions.record_consent import record_consent
from pipeline.core.address import Address, parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.rights import Outcome, RequestState
from pipeline.core.consent.suppression import LEFT_BEHIND, active, goes_along
from pipeline.core.consent.tokens import Audience, read
from pipeline.core.errors import NotFound
from pipeline.core.message.note import NoteKind
from pipeline.gateways.keys import key_of, keyring
from pipeline.store import confirmations, consent, notes, rights, subscribers
from pipeline.store.notes import StoredNote
from pipeline.store.subscribers import random_uid

UNDO_WITHIN = timedelta(days=14)
TOLD_WITHIN = timedelta(days=5)  # that long we try to deliver the letter to the old address


@dataclass(frozen=True, slots=True)
class AddressPage:
    """What the page of a confirming or an undoing link shows. `state`: ask | done | over | refused. `address` is the
    one that mail will go to, empty where nothing is asked.
    """

    state: str
    address: str = ""


def look_at_new_address(token: str, now: datetime) -> AddressPage:
    """What a confirming link stands for. Changes nothing. NotFound for a token that is not ours."""
    return _confirming(_note(token, Audience.ADDRESS, NoteKind.ADDRESS_CONFIRM), now)


def confirm_new_address(token: str, now: datetime) -> AddressPage:
    """Change the address, carry the person's own suppressions along, and tell the old mailbox. A second time changes
    nothing. An address that may no longer be used is refused without a reason: it may be somebody else's.
    """
    with transaction.atomic():
        note = _note(token, Audience.ADDRESS, NoteKind.ADDRESS_CONFIRM, lock=True)
        page = _confirming(note, now)
        if page.state != "ask" or note.subscriber_id is None:
            return page
        _end_confirmations(note.subscriber_id)
        consent.ledger_locked(note.subscriber_id)
        person = subscribers.by_id(note.subscriber_id)
        old, new = parse(person.address), parse(note.address)
        if not may_move(person.id, key_of(old), key_of(new), now) or not _move(person.id, old, new, now):
            return AddressPage("refused")
        told = notes.queue(
            NoteKind.ADDRESS_CHANGED,
            {},
            key_of(old),
            now,
            now + TOLD_WITHIN,
            subscriber_id=person.id,
            address=old.mailbox,
        )
        _enter(person.id, now, {"confirmed": str(note.uid), "told": str(told.uid)})
        notes.use(note.id, now)
        _answer(UUID(note.values["request"]), now)
        return AddressPage("done", note.address)


def look_at_undo(token: str, now: datetime) -> AddressPage:
    """What "this was not me" stands for. Changes nothing. NotFound for a token that is not ours."""
    return _undoing(_note(token, Audience.ADDRESS_UNDO, NoteKind.ADDRESS_CHANGED), now)


def undo_new_address(token: str, now: datetime) -> AddressPage:
    """Bring the mail back to the address that the letter went to, however often it was moved since; every link that
    was sent meanwhile is void. A second time changes nothing.
    """
    with transaction.atomic():
        note = _note(token, Audience.ADDRESS_UNDO, NoteKind.ADDRESS_CHANGED, lock=True)
        page = _undoing(note, now)
        if page.state != "ask" or note.subscriber_id is None:
            return page
        _end_confirmations(note.subscriber_id)
        consent.ledger_locked(note.subscriber_id)
        if _void(note):
            return AddressPage("over")
        person = subscribers.by_id(note.subscriber_id)
        current, back = parse(person.address), parse(note.address)
        if not _move(person.id, current, back, now):
            return AddressPage("refused")  # somebody signed up with it meanwhile
        _enter(person.id, now, {"undoes": str(_change(note).event_id)})
        notes.use(note.id, now)
        return AddressPage("done", note.address)


def _confirming(note: StoredNote, now: datetime) -> AddressPage:
    if note.used_at is not None:
        return AddressPage("done", note.address)
    late = now >= note.created_at + CONFIRM_WITHIN
    if late or not _still_there(note) or moved_since(note.subscriber_id or 0, note.created_at):
        return AddressPage("over")
    return AddressPage("ask", note.address)


def _undoing(note: StoredNote, now: datetime) -> AddressPage:
    if note.used_at is not None:
        return AddressPage("done", note.address)
    if now >= note.created_at + UNDO_WITHIN or not _still_there(note) or _void(note):
        return AddressPage("over")
    return AddressPage("ask", note.address)


def _still_there(note: StoredNote) -> bool:
    return bool(
        note.address and note.subscriber_id is not None and subscribers.by_id(note.subscriber_id).address
    )


def _void(note: StoredNote) -> bool:
    """Whether an earlier change was undone after this one: then this letter went to an address that whoever undid it
    never had. An undo of this change or of a later one leaves it good.
    """
    entries = consent.ledger(note.subscriber_id or 0)
    change = _change(note)
    earlier = {str(e.event_id) for e in entries if e.kind is EventKind.ADDRESS_CHANGED and e.seq < change.seq}
    return any(e.seq > change.seq and e.evidence.get("undoes") in earlier for e in entries)


def _change(note: StoredNote) -> Entry:
    """The entry of the change that a letter to an old address told of."""
    entries = consent.ledger(note.subscriber_id or 0)
    return next(entry for entry in entries if entry.evidence.get("told") == str(note.uid))


def _move(subscriber_id: int, old: Address, new: Address, now: datetime) -> bool:
    """Change the address, unless it is somebody else's. The person's own suppressions go along, and the former address
    gets one, which no import outruns: whatever they say no to from now on is known under the new one.
    """
    if not subscribers.change_address(subscriber_id, new.mailbox, key_of(new)):
        return False
    for suppression in active(consent.suppressions(key_of(old)), now):
        if goes_along(suppression):
            suppress(key_of(new), suppression, now)
    suppress(key_of(old), LEFT_BEHIND, now)
    if LEFT_BEHIND in active(consent.suppressions(key_of(new)), now):
        consent.lift(key_of(new), LEFT_BEHIND, now)
    return True


def _end_confirmations(subscriber_id: int) -> None:
    """What was asked of one mailbox is no yes for another. Locked before their subscriber, as a yes locks them."""
    for asked in confirmations.of_subscriber(subscriber_id):
        confirmations.close(asked.id, "expired")


def _enter(subscriber_id: int, now: datetime, evidence: Mapping[str, object]) -> None:
    entry = Entry(
        event_id=random_uid(),
        kind=EventKind.ADDRESS_CHANGED,
        purpose=None,
        occurred_at=now,
        actor=Actor.DATA_SUBJECT,
        method=Method.ADDRESS_PAGE,
        evidence=evidence,
    )
    record_consent(subscriber_id, [entry])


def _answer(request: UUID, now: datetime) -> None:
    """Close the request, if no member has done so by hand."""
    found = rights.held(request)
    if found is not None and found.state is not RequestState.CLOSED:
        close_request(request, Outcome.FULFILLED, now, "")


def _note(token: str, audience: Audience, kind: NoteKind, *, lock: bool = False) -> StoredNote:
    id16 = read(audience, token, keyring())
    note = notes.by_uid(UUID(bytes=id16), lock=lock) if id16 is not None else None
    if note is None or note.kind is not kind:
        raise NotFound("This link does not work. It may have been cut short: open it from the message again.")
    return note
