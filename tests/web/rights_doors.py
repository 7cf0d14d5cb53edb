"""What the tests of the pages of rights share: asking for a link, and the buttons behind it."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import Client

from pipeline.core.consent.tokens import Audience, make
from pipeline.core.message.note import NoteKind
from pipeline.gateways.keys import keyring
from pipeline.store import models, notes
from pipeline.store.notes import StoredNote
from tests.web.people import form_token, press


def ask(client: Client, typed: str, **fields: object) -> HttpResponse:
    """Type an address into the form of /privacy/."""
    return press(client, "/privacy/see/", **{"address": typed, "form": form_token(), **fields})


def notes_of(kind: NoteKind) -> list[StoredNote]:
    uids = models.Note.objects.filter(kind=kind.value).order_by("id").values_list("uid", flat=True)
    return [note for uid in uids if (note := notes.by_uid(uid))]


def token_of(note: StoredNote, audience: Audience) -> str:
    return make(audience, note.uid.bytes, keyring())


def link_of(client: Client, person) -> str:
    """The path of a fresh link for a person, as it stands in their letter."""
    ask(client, person.address)
    [note] = [n for n in notes_of(NoteKind.ACCESS_LINK) if n.subscriber_id == person.id][-1:]
    return f"/you/{token_of(note, Audience.EXPORT)}"


def do(client: Client, path: str, **fields: object) -> HttpResponse:
    """Press a button of a page that a person has read."""
    return press(client, path, form=form_token(), **fields)


def prefs_path(person) -> str:
    """The page of choices, by the link in the newest letter that a person got."""
    letter = models.Delivery.objects.filter(subscriber_id=person.id).latest("id")
    return f"/p/{make(Audience.PREFS, letter.uid.bytes, keyring())}"
