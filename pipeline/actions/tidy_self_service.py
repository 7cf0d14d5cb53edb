"""Let go, once a day, of what is kept for a while: uses of forms, addresses that letters went to, days of openings."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from pipeline.actions.ask_new_address import CONFIRM_WITHIN
from pipeline.actions.change_address import UNDO_WITHIN
from pipeline.actions.close_request import close_request
from pipeline.core.consent.rights import Outcome, RequestState
from pipeline.core.message.note import NoteKind
from pipeline.store import form_uses, notes, opens, rights

MARGIN = timedelta(days=1)
NOT_CONFIRMED = "The new address was not confirmed within 7 days, so nothing was changed."


def tidy_self_service(now: datetime) -> None:
    """A new address that never confirmed itself ends its request; of both kinds of letter the address is blanked."""
    form_uses.forget_old(now)
    opens.forget_without_use(now)
    for note in notes.unused(NoteKind.ADDRESS_CONFIRM, now - CONFIRM_WITHIN):
        with transaction.atomic():
            request = rights.held(UUID(note.values["request"]))
            if request is not None and request.state is not RequestState.CLOSED:
                close_request(request.uid, Outcome.TAKEN_BACK, now, "", NOT_CONFIRMED)
    notes.forget_old_addresses(NoteKind.ADDRESS_CONFIRM, now - CONFIRM_WITHIN - MARGIN)
    notes.forget_old_addresses(NoteKind.ADDRESS_CHANGED, now - UNDO_WITHIN - MARGIN)
