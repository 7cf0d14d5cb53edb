"""Notes: one letter to one person, and one that lives by consent stops with it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.actions.tell_owner import tell_owner
from pipeline.actions.write_message import load_letters, write_message
from pipeline.core.address import parse
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.suppression import Reason, Suppression
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.message.note import NoteKind
from pipeline.gateways.keys import key_of
from pipeline.settings import current
from pipeline.store import consent, notes, seals
from pipeline.store.sending import ClaimedDelivery
from pipeline.store.subscribers import random_uid
from tests import factories, senders
from tests.factories import NOW, WEEKLY
from tests.golden.sample import SEAL
from tests.sealing import seal_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada():
    factories.notices()
    return factories.readers(["ada"])[0]


def claimed() -> tuple[ClaimedDelivery, object]:
    token = senders.token()
    (delivery,) = senders.claim(token, 5, NOW + timedelta(minutes=1))
    return delivery, token


def note_to(person, purpose: str | None = WEEKLY) -> None:
    key = key_of(parse(person.address))
    notes.queue(
        NoteKind.SEAL, SEAL, key, NOW, NOW + timedelta(days=2), subscriber_id=person.id, purpose=purpose
    )


def test_the_owner_is_sent_the_seal_of_the_day_once(ada):
    seal_all()
    assert tell_owner(NOW)
    factories.readers(["ben"])
    seal_all()
    assert not tell_owner(NOW + timedelta(seconds=30))
    delivery, _ = claimed()
    assert delivery.address == current().owner_address
    load_letters([delivery])
    message = write_message(delivery)
    last = seals.anchors()[0]
    words = b"".join(message.data.pieces).replace(b"=\r\n", b"").replace(b"\r\n", b"")
    assert f"{last.seal}:{last.hash.hex()}".encode() in words
    assert b"List-Unsubscribe" not in words


def test_a_note_that_lives_by_consent_is_sent_while_there_is_consent(ada):
    note_to(ada)
    delivery, token = claimed()
    assert senders.intents(token, [delivery], NOW) == {delivery.id}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(EventKind.CONSENT_WITHDRAWN, "withdrawn"), (EventKind.OBJECTION_RECORDED, "withdrawn")],
)
def test_it_is_not_sent_after_a_no(ada, kind, reason):
    note_to(ada)
    delivery, token = claimed()
    factories.say(ada, kind)
    assert senders.intents(token, [delivery], NOW) == set()
    found = senders.obstacle(delivery, NOW)
    assert (found.state, found.reason) == (DeliveryState.SUPPRESSED, reason)


@pytest.mark.parametrize("purpose", [None, WEEKLY])
@pytest.mark.parametrize("scope", ["all", "confirmation", "marketing", f"list:{WEEKLY}"])
def test_suppressions_stop_it_as_their_scope_says(ada, scope, purpose):
    note_to(ada, purpose)
    delivery, token = claimed()
    consent.suppress(key_of(parse(ada.address)), Suppression(scope, Reason.MANUAL, None), NOW)
    stops = purpose is not None or scope in ("all", "confirmation")
    assert senders.intents(token, [delivery], NOW) == (set() if stops else {delivery.id})


def test_a_note_is_found_by_the_uid_that_its_button_names(ada):
    note_to(ada)
    assert notes.by_uid(random_uid()) is None


def test_a_note_about_somebody_goes_to_the_address_that_it_names(ada):
    new = parse("ada.new@readers.test")
    notes.queue(
        NoteKind.ADDRESS_CONFIRM,
        {"request": str(random_uid())},
        key_of(new),
        NOW,
        NOW + timedelta(days=2),
        subscriber_id=ada.id,
        address=new.mailbox,
    )
    delivery, token = claimed()
    assert delivery.address == new.mailbox
    load_letters([delivery])
    assert write_message(delivery).rcpt_to == new.mailbox
    consent.suppress(key_of(new), Suppression("all", Reason.ERASED), NOW)
    assert senders.intents(token, [delivery], NOW) == set()
