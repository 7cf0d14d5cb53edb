"""Let go, once a day, of what is kept for a while: uses of forms, addresses that letters went to, days of openings."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from pipeline.actions.ask_new_address import CONFIRM_WITHIN
from pipeline.actions.change_address import UNDO_WITHIN
from pipeline.actions.close_request import close_request
from pipeline.actions.forget_mentions import forget_mentions
from pipeline.core.address import parse
from pipeline.core.consent.rights import Outcome, RequestState
from pipeline.core.message.note import NoteKind
from pipeline.gateways.keys import key_of
from pipeline.store import deliveries, form_uses, notes, opens, rights, subscribers

MARGIN = timedelta(days=1)
# How long an address that was somebody's is known by the letter that told of its end, or that it confirmed. The latter
# may be a former one too, by an undo.
KEPT_FOR = {
    NoteKind.ADDRESS_CHANGED: UNDO_WITHIN + MARGIN,
    NoteKind.ADDRESS_CONFIRM: CONFIRM_WITHIN + UNDO_WITHIN + MARGIN,
}
NOT_CONFIRMED = "The new address was not confirmed within 7 days, so nothing was changed."


def tidy_self_service(now: datetime) -> None:
    """A new address that never confirmed itself ends its request; of both kinds of letter the address is blanked. What
    names a former address is forgotten with it.
    """
    form_uses.forget_old(now)
    opens.forget_without_use(now)
    for note in notes.unused(NoteKind.ADDRESS_CONFIRM, now - CONFIRM_WITHIN):
        with transaction.atomic():
            request = rights.held(UUID(note.values["request"]))
            if request is not None and request.state is not RequestState.CLOSED:
                close_request(request.uid, Outcome.TAKEN_BACK, now, "", NOT_CONFIRMED)
    notes.forget_unused_addresses(NoteKind.ADDRESS_CONFIRM, now - CONFIRM_WITHIN - MARGIN)
    for kind, kept_for in KEPT_FOR.items():
        while _forget_former(kind, now - kept_for, now):
            pass


def _forget_former(kind: NoteKind, before: datetime, now: datetime) -> int:
    """Notes alone know whose a former address was, so that no erasure reaches what names it once they are blanked: that
    is forgotten before, in the same transaction. Returns how many notes there were.

    An address that is somebody's again, its person's own or another's, is left to the erasure of whoever has it.
    """
    with transaction.atomic():
        old = notes.old_with_address(kind, before)
        former = [(note.subscriber_id or 0, parse(note.address)) for note in old if note.address]
        owned = subscribers.by_keys([key_of(address) for _, address in former])
        left = [(person, address) for person, address in former if key_of(address) not in owned]
        for person, address in left:
            deliveries.forget_former(person, key_of(address), address.mailbox, now)
        forget_mentions([address.mailbox for _, address in left])
        notes.blank_addresses([note.id for note in old])
    return len(old)
