"""A complaint, an erasure and "this was not me" are ended by the person alone. Staff may open a door, two of them, and
nothing else may: no file, no statement in the database, and no stranger who signs up.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

import pipeline
from pipeline.actions.confirm import confirm
from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.lift_suppression import lift_suppression
from pipeline.actions.note_no import suppress
from pipeline.actions.open_door import open_door
from pipeline.actions.refuse_confirmation import refuse_confirmation
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, EventKind
from pipeline.core.consent.suppression import (
    ALL,
    CONFIRMATION,
    DOOR_STAYS_OPEN,
    MARKETING,
    ONLY_BY_A_FRESH_ACT,
    Reason,
    Suppression,
    active,
)
from pipeline.core.consent.tokens import Audience
from pipeline.core.errors import NotFound, Refused
from pipeline.gateways.keys import key_of
from pipeline.store import consent, models, subscribers
from tests import factories, senders
from tests.factories import NOW
from tests.web.people import WEEKLY, Person, press
from tests.web.studio.conftest import signed_in
from tests.web.studio.pages import words

ADA = Person("ada@example.test")
KEY = key_of(parse(ADA.address))
LATER = NOW + timedelta(days=2)
ROOT = Path(pipeline.__file__).parent
COMPLAINED = (Suppression(MARKETING, Reason.COMPLAINT), Suppression(CONFIRMATION, Reason.COMPLAINT))


@pytest.fixture
def ada(joins):
    return joins("ada", at=NOW)


def complains() -> None:
    factories.say(subscribers.by_id(ADA.id), EventKind.COMPLAINT_FBL, None)
    for each in COMPLAINED:
        suppress(KEY, each, NOW)


def signs_up(at=LATER) -> None:
    assert subscribe(SignUp(ADA.address, (WEEKLY,), "test"), at)


def in_force(at=LATER) -> set[Reason]:
    return {one.reason for one in active(consent.suppressions(KEY), at)}


def page() -> str:
    return f"/studio/people/{subscribers.by_id(ADA.id).uid}/lift/"


NOES = {
    Reason.COMPLAINT: complains,
    Reason.NOT_ME: lambda: refuse_confirmation(ADA.confirm_token(Audience.NOT_ME), NOW),
    Reason.ERASED: lambda: erase_subscriber(ADA.id, NOW, actor=Actor.DATA_SUBJECT),
    Reason.CHILD: lambda: erase_subscriber(ADA.id, NOW, actor=Actor.SYSTEM, reason=Reason.CHILD),
}


@pytest.mark.holds("S-14", "C-18", "C-07")
@pytest.mark.parametrize("reason", NOES)
def test_staff_lift_none_of_these_however_many_agree(studio, ada, alone, reason):
    assert set(NOES) == ONLY_BY_A_FRESH_ACT
    NOES[reason]()
    stands = active(consent.suppressions(KEY), NOW)
    for one in stands:
        answer = press(studio, page(), which=f"{one.scope}/{one.reason.value}", because="They will not mind.")
        assert answer.status_code == 409
        assert "never lifted by staff" in words(answer)
        with pytest.raises(Refused):
            lift_suppression(ADA.id, one.scope, one.reason, NOW, member="maya", because="Why not.")
    assert active(consent.suppressions(KEY), NOW) == stands


@pytest.mark.holds("S-14", "C-18")
@pytest.mark.parametrize("reason", NOES)
def test_two_open_a_door_and_what_the_person_confirms_through_it_ends_the_no(studio, ada, reason):
    NOES[reason]()
    letters = models.Delivery.objects.count()
    signs_up()
    asks = {"do": "open", "because": "She wrote to us, and we rang her back."}
    assert press(studio, page(), do="open", because=" ").status_code == 400
    proposal = press(studio, page(), **asks)["Location"]
    assert press(studio, proposal, do="approve").status_code == 409, "nobody approves their own"
    signs_up(LATER + timedelta(hours=1))
    assert models.Delivery.objects.count() == letters, "nothing is open yet"
    assert press(signed_in("olive", "privacy_officer"), proposal, do="approve").status_code == 303
    assert press(studio, page(), **asks)["Location"] == page().removesuffix("lift/")
    assert models.Delivery.objects.count() == letters, "opening sends nothing (C-08)"
    assert in_force(NOW) == {reason}, "and ends nothing"
    assert "They may sign up anew until 8 December 2026" in words(studio.get(page()))
    signs_up(LATER + timedelta(days=1))
    assert models.Delivery.objects.count() == letters + 1
    assert in_force() == {reason}
    confirm(ADA.confirm_token(), LATER + timedelta(days=1))
    assert in_force(LATER + timedelta(days=1)) == set()
    assert ADA.consent.permitted == (WEEKLY,)
    lifted = ADA.entries(EventKind.SUPPRESSION_LIFTED)
    assert {(one.actor, one.evidence["reason"]) for one in lifted} == {(Actor.DATA_SUBJECT, reason.value)}
    [opened] = ADA.entries(EventKind.SUPPRESSION_OPENED)
    assert opened.actor is Actor.CONTROLLER_USER


def opened(at=NOW) -> None:
    """Where four eyes are off, one does."""
    open_door(ADA.id, at, member="maya", because="She asked.")


def test_a_door_closes_after_two_weeks_and_a_letter_of_before_it_ends_nothing(ada, alone):
    with pytest.raises(NotFound):
        open_door(ADA.id, NOW, member="maya", because="She asked.")
    complains()
    models.Confirmation.objects.update(state="pending", created_at=NOW - timedelta(days=1))
    opened()
    confirm(ADA.confirm_token(), NOW)
    assert in_force(NOW) == {Reason.COMPLAINT}
    late = NOW + DOOR_STAYS_OPEN
    letters = models.Delivery.objects.count()
    signs_up(late)
    assert models.Delivery.objects.count() == letters
    assert in_force(late) == {Reason.COMPLAINT}


@pytest.mark.holds("C-07")
def test_another_no_closes_the_door_and_so_does_not_me_from_its_letter(ada, alone):
    complains()
    opened()
    complains()
    letters = models.Delivery.objects.count()
    signs_up()
    assert models.Delivery.objects.count() == letters
    opened(LATER)
    signs_up(LATER)
    assert models.Delivery.objects.count() == letters + 1
    refuse_confirmation(ADA.confirm_token(Audience.NOT_ME), LATER)
    after = LATER + timedelta(days=2)
    assert in_force(after) == {Reason.COMPLAINT, Reason.NOT_ME}
    signs_up(after)
    assert models.Delivery.objects.count() == letters + 1


@pytest.mark.holds("B-31", "C-07")
def test_no_file_comes_through_a_door_and_one_with_noes_closes_it(ada, alone, tmp_path):
    complains()
    opened()
    people = tmp_path / "people.csv"
    people.write_text(f"email,given_name\n{ADA.address},Augusta\n")
    report = factories.bring(people)
    assert (report.imported, report.refused) == (0, {"suppressed": 1})
    assert in_force() == {Reason.COMPLAINT}
    consent.suppress_many([KEY], COMPLAINED[1], NOW)
    doors = models.Suppression.objects.values_list("scope", "door_until")
    assert dict(doors)[CONFIRMATION] is None


@pytest.mark.holds("S-14", "C-07")
def test_the_database_itself_refuses_to_end_such_a_no_and_to_make_another_of_it(ada):
    complains()
    suppress(KEY, Suppression(ALL, Reason.MANUAL), NOW)
    for statement in (
        "UPDATE suppression SET until = now() WHERE reason = 'complaint'",
        "UPDATE suppression SET reason = 'manual' WHERE scope = 'marketing'",
        "UPDATE suppression SET scope = 'list:none' WHERE reason = 'complaint'",
        "UPDATE suppression SET address_key = decode(repeat('00', 32), 'hex')",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        consent.lift(KEY, COMPLAINED[0], NOW)
    consent.lift(KEY, Suppression(ALL, Reason.MANUAL), NOW)
    assert in_force() == {Reason.COMPLAINT}


@pytest.mark.django_db(transaction=True)
def test_a_sender_lets_the_letter_go_that_was_asked_for_through_the_door_and_no_other(notices, joins, alone):
    """The senders ask in SQL of their own, at the last moment."""
    joins("ada", at=NOW)
    models.Delivery.objects.all().delete()
    complains()
    opened()
    signs_up()
    sender = senders.token()
    [letter] = senders.claim(sender, 10, LATER)
    models.Confirmation.objects.filter(state="pending").update(created_at=NOW - timedelta(hours=1))
    assert senders.intents(sender, [letter], LATER) == set()
    assert senders.obstacle(letter, LATER).reason == "complaint"
    models.Confirmation.objects.filter(state="pending").update(created_at=LATER)
    assert senders.intents(sender, [letter], LATER) == {letter.id}


def test_only_these_files_end_a_suppression_or_open_one():
    """An import, the command line and the webhooks are none of them (B-31)."""
    calls = ("consent.lift(", "consent.open_door(", ".update(until=")
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if any(call in path.read_text(encoding="utf-8") for call in calls)
    }
    assert found == {
        "actions/change_address.py",  # back to an address that one had left
        "actions/confirm.py",
        "actions/lift_suppression.py",
        "actions/open_door.py",
        "actions/pause_list.py",
        "store/consent.py",
    }
