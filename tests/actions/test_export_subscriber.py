"""What a person is given of themselves: all of it, in a form that is written down, and nothing of anybody else."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from pipeline.actions.confirm import confirm
from pipeline.actions.export_subscriber import export_consent_records, export_subscriber
from pipeline.actions.open_due import open_due
from pipeline.actions.receive_request import receive_request
from pipeline.actions.record_feedback import record_feedback
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.unsubscribe import unsubscribe
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, EventKind, Method
from pipeline.core.consent.rights import Channel, RequestKind
from pipeline.core.consent.suppression import ALL, Reason, Suppression
from pipeline.core.feedback.event import FeedbackEvent, Kind
from pipeline.gateways.keys import key_of
from pipeline.store import consent, models
from tests import factories
from tests.factories import DAILY, NOW, WEEKLY
from tests.web.people import Person

pytestmark = pytest.mark.django_db
SCHEMAS = Path(__file__).resolve().parents[2] / "docs" / "schema"
LATER = NOW + timedelta(hours=1)


def schema(name: str) -> dict:
    return json.loads((SCHEMAS / f"{name}.json").read_text())


def lives(name: str) -> Person:
    """Somebody to whom a good deal has happened."""
    person = Person(f"{name}@readers.test")
    form = SignUp(person.address, (WEEKLY, DAILY), "article", f"https://clinic.test/{name}")
    subscribe(form, NOW)
    confirm(person.confirm_token(), NOW)
    unsubscribe(person.leave_token(DAILY), Method.UNSUBSCRIBE_PAGE, NOW)
    receive_request(
        RequestKind.COMPLAINT,
        person.id,
        Channel.MAIL,
        NOW,
        actor=Actor.DATA_SUBJECT,
        words=f"This is {name}'s complaint.",
        member="maya",
    )
    return person


def letters(*people: Person) -> None:
    """An issue for each of them, which came back."""
    factories.campaign()
    open_due(NOW)
    for person, other in zip(people, reversed(people), strict=True):
        [letter] = models.Delivery.objects.filter(subscriber_id=person.id, stream="newsletter")
        record_feedback(
            FeedbackEvent(
                kind=Kind.SOFT,
                source="dsn",
                external_id=letter.uid.hex,
                delivery_uid=letter.uid.bytes,
                occurred_at=NOW,
                said=f"Mailbox full, ask {other.address}",
            ),
            NOW,
        )
        consent.suppress(key_of(parse(person.address)), Suppression(ALL, Reason.SOFT_LIMIT, LATER), NOW)


@pytest.mark.holds("C-17", "C-53")
def test_a_person_is_given_everything_and_nothing_of_anybody_else():
    factories.notices(NOW - timedelta(days=1))
    ada, ben = lives("ada"), lives("ben")
    letters(ada, ben)
    given, other = export_subscriber(ada.id, NOW), export_subscriber(ben.id, NOW)
    jsonschema.validate(given, schema("person-file"))
    assert json.loads(json.dumps(given)) == given

    assert given["subscriber"]["address"] == "ada@readers.test"
    assert [(one["purpose"], one["may_be_mailed"], one["because"]) for one in given["lists"]] == [
        (DAILY, False, "soft_limit"),
        (WEEKLY, False, "soft_limit"),
    ]
    assert [entry["kind"] for entry in given["ledger"]] == [
        *["CONSENT_REQUESTED"] * 2,
        *["CONSENT_GIVEN"] * 2,
        "CONSENT_WITHDRAWN",
        "DP_COMPLAINT_RECEIVED",
    ]
    assert given["ledger"][0]["evidence"]["page_url"] == "https://clinic.test/ada"
    words = {notice["notice"]: notice["words"] for notice in given["notices"]}
    assert words == {n.notice_id: n.body_text for n in consent.current_notices(NOW.date())}
    assert [one["state"] for one in given["confirmations"]] == ["confirmed"]
    assert [(one["kind"], one["issue"]) for one in given["letters"]] == [
        ("confirmation", ""),
        ("newsletter", "autumn/1"),
    ]
    assert [one["kind"] for one in given["reports"]] == ["soft"]
    assert [one["reason"] for one in given["suppressions"]] == ["soft_limit"]
    assert [one["words"] for one in given["requests"]] == ["This is ada's complaint."]
    assert len(given["consent_records"]) == 2

    shared = {"id", *(n["sha256"] for n in given["notices"])}
    for mine, foreign in ((given, other), (other, given)):
        text, name = json.dumps(mine), foreign["subscriber"]["address"].partition("@")[0]
        assert f"{name}@" not in text
        assert f"/{name}" not in text
        assert f"{name}'s" not in text
        assert not _ids(mine) & _ids(foreign) - shared
        assert "maya" not in text  # nor of the staff


def _ids(value) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_ids, value))
    if isinstance(value, dict):
        return set().union(*({v} if k == "id" else _ids(v) for k, v in value.items()))
    return set()


@pytest.mark.holds("C-52")
def test_each_grant_of_each_purpose_is_a_record_that_lacks_no_mandatory_field():
    factories.notices(NOW - timedelta(days=1))
    ada = lives("ada")
    again = SignUp(ada.address, (DAILY,), "footer", "https://clinic.test/again")
    models.Suppression.objects.all().delete()
    models.Confirmation.objects.update(created_at=NOW - timedelta(days=40))
    subscribe(again, LATER)
    confirm(ada.confirm_token(), LATER)
    graph = export_consent_records(ada.id, NOW)["@graph"]
    found = {
        (one["dpv:hasProcess"]["dpv:hasPurpose"][0]["dct:identifier"], one["dpv:hasConsentStatus"])
        for one in graph
    }
    assert len(graph) == 3
    assert found == {
        (DAILY, "dpv:ConsentWithdrawn"),
        (DAILY, "dpv:ConsentGiven"),
        (WEEKLY, "dpv:ConsentGiven"),
    }
    assert len({one["dct:identifier"] for one in graph}) == 3
    assert "ada@" not in json.dumps(graph)
    check = jsonschema.Draft202012Validator(schema("consent-record"))
    for record in graph:
        check.validate(record)
        lacking = {"/".join(p) for p in paths(record) if not check.is_valid(without(record, p))}
        assert lacking >= MANDATORY


# Where each field that ISO/IEC TS 27560 makes mandatory stands.
MANDATORY = {
    "dct:conformsTo",  # schema version
    "dct:identifier",  # record id
    "dpv:hasDataSubject",  # pii principal id
    "dpv:hasNotice",
    "dct:language",
    "dpv:hasProcess/dpv:hasPurpose",
    "dpv:hasProcess/dpv:hasPersonalData",
    "dpv:hasDataController",
    "dpv:hasProcess/dpv:hasStorageCondition",  # storage locations, retention period
    "dpv:hasProcess/dpv:hasJurisdiction",
    "dpv:hasProcess/dpv:hasRecipient",
    "dpv:hasProcess/dpv:hasConsentControl",  # withdrawal method
    "rounds:hasEvent/dct:date",
    "rounds:hasEvent/dct:valid",  # validity duration
    "rounds:hasEvent/dpv:isIndicatedBy",  # entity id
    "rounds:hasEvent/dpv:hasLegalBasis",  # event type
    "rounds:hasEvent/dpv:hasConsentStatus",  # event state
}


def paths(record: dict) -> list[tuple[str, ...]]:
    """Every key of a record, of its process and of its first event."""
    deeper = [("dpv:hasProcess", key) for key in record["dpv:hasProcess"]]
    events = [("rounds:hasEvent", key) for key in record["rounds:hasEvent"][0]]
    return [*((key,) for key in record), *deeper, *events]


def without(record: dict, path: tuple[str, ...]) -> dict:
    less = copy.deepcopy(record)
    place = less
    for key in path[:-1]:
        place = place[key][0] if isinstance(place[key], list) else place[key]
    del place[path[-1]]
    return less


def test_a_yes_that_names_no_notice_has_a_record_that_says_so():
    factories.notices()
    ada = factories.subscriber()
    factories.say(ada, EventKind.OBJECTION_RECORDED, None)
    [record] = export_consent_records(ada.id, NOW)["@graph"]
    jsonschema.validate(record, schema("consent-record"))
    assert record["dpv:hasNotice"]["dct:identifier"] == "none"
    assert record["dpv:hasConsentStatus"] == "dpv:ConsentWithdrawn"
    valid = [event["dct:valid"] for event in record["rounds:hasEvent"]]
    assert valid == ["2026-11-24T09:00:00Z/2028-11-24T09:00:00Z", "2026-11-24T09:00:00Z/.."]


def test_a_yes_that_has_ended_is_not_said_to_allow_mail():
    from pipeline.actions.gather_evidence import gather_evidence
    from pipeline.core.consent.evidence import standings

    factories.notices()
    ada = factories.subscriber("ada")
    later = NOW.replace(year=NOW.year + 2, month=12)
    [standing] = [one for one in standings(gather_evidence(ada.id, later), later) if one.purpose == WEEKLY]
    assert (standing.may_mail, standing.why) == (False, "consent_expired")
