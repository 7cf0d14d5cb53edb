"""The consent desk: one person's page answers may we, why, since when and in which words; and no address leaks out."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from pipeline.actions.check_proof import check_proof
from pipeline.actions.receive_request import receive_request
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, EventKind
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.rights import Channel, Lost, Outcome, RequestKind
from pipeline.core.consent.suppression import ALL, MARKETING, Reason, Suppression, active
from pipeline.gateways.keys import key_of
from pipeline.store import consent, models, rights, subscribers
from tests import factories
from tests.factories import DAILY, NOW, WEEKLY
from tests.web.people import Person, press
from tests.web.studio.conftest import signed_in
from tests.web.studio.pages import tree, words
from tests.web.studio.test_every_page import broken_rules

NOBODY = "00000000-0000-4000-8000-000000000000"
ADA = "ada@example.test"
ATTACKS = [
    "ada@example.test\r\nBcc: all@example.test",
    "' OR 1=1 --@example.test",
    '"><script>alert(1)</script>@example.test',
    "ada@example.test'; DROP TABLE subscriber; --",
    "\x00",
    "a" * 100_000 + "@example.test",
    "",
]


@pytest.fixture
def ada(joins) -> Person:
    return joins("ada", WEEKLY, at=NOW)


def uid_of(person: Person) -> UUID:
    return subscribers.by_id(person.id).uid


def page_of(person: Person) -> str:
    return f"/studio/people/{uid_of(person)}/"


def say(studio: Client, person: Person, kind: str, **more: str):
    form = {"kind": kind, "channel": "phone", "received": "2026-11-23", "purpose": "", "words": "", **more}
    return press(studio, page_of(person) + "say/", **form)


def facts() -> tuple[int, ...]:
    tables = (models.ConsentEvent, models.Suppression, models.RightsRequest, models.RightsEvent)
    return tuple(table.objects.count() for table in tables)


@pytest.mark.holds("C-03")
def test_a_persons_page_answers_may_we_why_since_when_and_in_which_words(studio, ada):
    said = words(studio.get(page_of(ada)))
    assert ADA in said
    assert "Weekly health email yes said yes 24 November 2026" in said
    assert "Daily health newsletter no never said yes to this list" in said
    [notice] = [n for n in consent.current_notices(NOW.date()) if n.purpose == WEEKLY]
    assert " ".join(notice.body_text.split()) in said
    assert notice.consent_sentence in said
    assert notice.body_sha256 in said
    assert "By the person, with the button behind the link in the confirmation letter." in said


def test_known_and_unknown_addresses_get_pages_of_one_shape_and_no_url_or_log_has_them(studio, ada, caplog):
    caplog.set_level(logging.DEBUG)
    consent.suppress(key_of(parse("ben@example.test")), Suppression(ALL, Reason.IMPORTED), NOW)
    before = facts()
    known = press(studio, "/studio/people/", address=" ADA@example.test ")
    gone = press(studio, "/studio/people/", address="ben@example.test")
    unknown = press(studio, "/studio/people/", address="cleo@example.test")
    assert {known.status_code, gone.status_code, unknown.status_code} == {200}
    assert {_shape(page) for page in (known, gone, unknown)} == {_shape(unknown)}
    assert "Weekly health email yes" in words(known)
    assert "suppressed by an imported list" in words(gone)
    assert "no never said yes" in words(unknown)
    assert f"{page_of(ada)}" in known.content.decode()
    assert facts() == before
    links = [link for page in (known, gone, unknown) for link in tree(page).xpath("//@href | //@action")]
    assert not [link for link in links if "@" in link or "example.test" in link]
    assert not [page for page in (known, gone, unknown) if "@" in tree(page).findtext(".//title")]
    assert "example.test" not in caplog.text.lower()


def _shape(page) -> tuple[str, ...]:
    """The tags of the answer, without the link to a person."""
    [section] = tree(page).xpath("//section[@aria-labelledby='found']")
    return tuple(element.tag for element in section.iter() if element.tag != "a")


@pytest.mark.parametrize("path", ["/studio/people/", "/studio/suppressions/"])
def test_what_is_typed_into_a_finder_breaks_nothing(studio, ada, path):
    for attack in ATTACKS:
        page = press(studio, path, address=attack)
        assert page.status_code in (200, 400), attack[:60]
        assert "<script>alert" not in page.content.decode()
        assert "Bcc" not in str(page.headers)
    assert models.Subscriber.objects.count() == 1


def test_a_forged_uid_is_404_everywhere_and_nobody_unsigned_gets_in(studio, ada):
    own = [f"{page_of(ada)}{rest}" for rest in PARTS]
    for path in own:
        forged = path.replace(str(uid_of(ada)), NOBODY)
        assert studio.get(forged).status_code in (404, 405), forged
        assert press(studio, forged).status_code in (404, 405), forged
        stranger = Client().get(path)
        assert (stranger.status_code, stranger["Location"][:16]) == (302, "/studio/sign-in/"), path
    for path in (f"/studio/requests/{NOBODY}/", f"/studio/requests/{NOBODY}/close/"):
        assert press(studio, path).status_code in (404, 405)
    assert studio.get(f"{page_of(ada)}files/proof-nosuch.pdf").status_code == 404
    assert studio.get(f"{page_of(ada)}files/proof-{WEEKLY}.exe").status_code == 404


PARTS = (
    "",
    "say/",
    "erase/",
    "lift/",
    "files/everything.json",
    "files/consent-records.jsonld",
    f"files/proof-{WEEKLY}.pdf",
    f"files/proof-{WEEKLY}.json",
)


def test_every_page_keeps_the_house_rules_and_no_get_changes_anything(studio, ada):
    consent.suppress(key_of(parse(ADA)), Suppression(ALL, Reason.COMPLAINT), NOW)
    request = receive_request(
        RequestKind.COMPLAINT, ada.id, Channel.POST, NOW, actor=Actor.DATA_SUBJECT, words="<b>Why?</b>"
    )
    before = facts()
    pages = [
        "/studio/people/",
        page_of(ada),
        f"{page_of(ada)}erase/",
        f"{page_of(ada)}lift/",
        "/studio/suppressions/",
        "/studio/suppressions/?page=99999&reason=nosuch",
        "/studio/notices/",
        "/studio/notices/notice-a/",
        "/studio/notices/notice-a/?old=1&new=4",
        "/studio/requests/",
        f"/studio/requests/{request.uid}/",
    ]
    for path in pages:
        answer = studio.get(path)
        assert answer.status_code == 200, path
        assert broken_rules(answer) == [], path
        assert "<b>Why" not in answer.content.decode()
        assert ("ada@" in answer.content.decode()) == (path == page_of(ada)), path
    for rest in PARTS:
        studio.get(page_of(ada) + rest)
    assert facts() == before


def test_the_files_of_a_person_are_what_they_say(studio, ada):
    here = f"{page_of(ada)}files/"
    everything = studio.get(f"{here}everything.json")
    assert everything.json()["subscriber"]["address"] == ADA
    records = studio.get(f"{here}consent-records.jsonld")
    assert [one["@type"] for one in json.loads(records.content)["@graph"]] == ["dpv:ConsentRecord"]
    paper, proof = (studio.get(f"{here}proof-{WEEKLY}.{form}") for form in ("pdf", "json"))
    assert paper.content.startswith(b"%PDF-")
    assert check_proof(proof.content, "proof.json").wrong == ()
    for file in (everything, records, paper, proof):
        assert file["Cache-Control"] == "no-store"
        assert file["Content-Disposition"].startswith("attachment; filename=")
        assert "ada" not in file["Content-Disposition"].replace(str(uid_of(ada)), "")


@pytest.mark.holds("C-06", "B-32")
def test_what_a_person_says_by_other_means_holds_at_once(studio, joins):
    ben = joins("ben", WEEKLY, DAILY, at=NOW)
    assert say(studio, ben, "withdrawal_by_other_means", purpose=DAILY).status_code == 303
    assert fold(ben.ledger).permitted == (WEEKLY,)
    assert say(studio, ben, "objection").status_code == 303
    assert fold(ben.ledger).permitted == ()
    assert Suppression(MARKETING, Reason.OBJECTION) in consent.suppressions(key_of(parse(ben.address)))
    assert ben.ledger[-1].evidence["received_at"].startswith("2026-11-23")
    page = words(studio.get(page_of(ben)))
    assert "suppressed: objected to all marketing" in page


def test_a_form_that_cannot_be_used_comes_back_with_a_sentence_and_nothing_is_recorded(studio, ada):
    before = facts()
    for wrong in (
        {"received": "2026-11-25"},
        {"received": "1999-01-01"},
        {"received": "soon"},
        {"channel": "pigeon"},
        {"channel": "self_service"},
        {"purpose": "nosuch"},
    ):
        page = say(studio, ada, "withdrawal_by_other_means", words="Kept words", **wrong)
        assert page.status_code == 400, wrong
        assert "That did not work." in words(page)
        assert "Kept words" in page.content.decode()
    assert say(studio, ada, "nosuch").status_code == 400
    assert facts() == before


@pytest.mark.holds("S-15")
def test_no_door_of_the_desk_shows_somebody_without_a_line_in_the_audit_log(studio, ada):
    request = receive_request(
        RequestKind.RECTIFICATION, ada.id, Channel.POST, NOW, actor=Actor.DATA_SUBJECT, words=f"I am {ADA}."
    )
    uid = str(uid_of(ada))

    def lines() -> int:
        return models.AuditEvent.objects.filter(member="maya", about__in=(uid, str(request.uid))).count()

    looks = (
        lambda: press(studio, "/studio/people/", address=ADA),
        lambda: press(studio, "/studio/suppressions/", address=ADA),
        lambda: studio.get(f"/studio/requests/{request.uid}/"),
        *(
            lambda rest=rest: studio.get(page_of(ada) + rest)
            for rest in PARTS
            if rest not in ("say/", "erase/")
        ),
    )
    for number, look in enumerate(looks):
        before = lines()
        assert look().status_code == 200
        assert lines() == before + 1, number


@pytest.mark.holds("C-16")
def test_a_complaint_goes_through_the_queue_to_its_outcome(studio, ada, monkeypatch):
    say(studio, ada, "complaint", words="You write too often.", received="2026-11-24")
    [request] = rights.open_now()
    here = f"/studio/requests/{request.uid}/"
    later = NOW + timedelta(days=31)
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: later)
    queue = words(studio.get("/studio/requests/"))
    assert "overdue: it had to be acknowledged by 24 December 2026, 1 day ago" in queue
    assert press(studio, f"{here}acknowledge/").status_code == 303
    refused = press(studio, f"{here}close/", outcome="refused", words="")
    assert refused.status_code == 400
    assert "a refusal needs its reason" in words(refused)
    assert (
        press(studio, f"{here}close/", outcome="fulfilled", words="Monthly from now on.").status_code == 303
    )
    assert press(studio, f"{here}close/", outcome="fulfilled").status_code == 409
    assert press(studio, f"{here}nosuch/").status_code == 404
    said = words(studio.get(here))
    assert "You write too often." in said
    assert "Closed by maya." in said
    assert "Nobody waits for an answer." in words(studio.get("/studio/requests/"))


def test_a_request_of_somebody_unknown_waits_in_the_queue(studio, notices):
    form = {"kind": "objection", "channel": "post", "received": "2026-11-23", "words": "Stop. C."}
    assert press(studio, "/studio/requests/", **form).status_code == 303
    said = words(studio.get("/studio/requests/"))
    assert "An objection of 23 November 2026 has not taken effect yet: it holds at once." in said
    assert press(studio, "/studio/requests/", **{**form, "channel": ""}).status_code == 400


@pytest.mark.holds("C-07")
def test_forgetting_somebody_takes_a_tick_and_leaves_a_suppression_and_an_answered_request(studio, ada):
    path = f"{page_of(ada)}erase/"
    assert press(studio, path, channel="post", received="2026-11-24").status_code == 400
    assert rights.of_subscriber(ada.id) == []
    receive_request(
        RequestKind.COMPLAINT, ada.id, Channel.POST, NOW, actor=Actor.DATA_SUBJECT, words="I am Ada."
    )
    key = subscribers.address_key(ada.id)
    person = ada.id
    assert press(studio, path, channel="post", received="2026-11-24", sure="yes").status_code == 303
    kinds = [entry.kind for entry in consent.ledger(person)]
    assert kinds[-2:] == [EventKind.ERASURE_RECEIVED, EventKind.ERASURE_COMPLETED]
    assert Suppression(ALL, Reason.ERASED) in consent.suppressions(key)
    complaint, erasure = rights.of_subscriber(person)
    assert (complaint.words, erasure.outcome) == (Lost.ERASED, Outcome.FULFILLED)
    page = words(studio.get(f"/studio/requests/{complaint.uid}/"))
    assert "In their wordsIt is no longer kept: the person was forgotten." in page
    assert "what you write here is not kept" in page
    assert press(studio, f"/studio/requests/{complaint.uid}/close/", outcome="fulfilled").status_code == 303
    assert studio.get(f"/studio/people/{subscribers.by_id(person).uid}/").status_code == 200


def test_a_suppression_is_lifted_with_a_reason_and_gives_no_consent(studio, ada, alone):
    key = key_of(parse(ADA))
    factories.say(subscribers.by_id(ada.id), EventKind.COMPLAINT_FBL, None)
    consent.suppress(key, Suppression(ALL, Reason.MANUAL), NOW)
    consent.suppress(key, Suppression(MARKETING, Reason.OBJECTION), NOW)
    path = f"{page_of(ada)}lift/"
    assert press(studio, path, which="all/manual", because="").status_code == 400
    assert press(studio, path, which="nonsense", because="Their request.").status_code == 400
    own = press(studio, path, which="marketing/objection", because="They will not mind.")
    assert own.status_code == 409
    assert "the person's own no" in words(own)
    assert press(studio, path, which="all/manual", because="Pressed by mistake.").status_code == 303
    assert press(studio, path, which="all/manual", because="Once more.").status_code == 404
    assert consent.suppressions(key)[0].until == NOW
    assert fold(ada.ledger).permitted == ()
    [entry] = ada.entries(EventKind.SUPPRESSION_LIFTED)
    assert entry.evidence["because"] == "Pressed by mistake."


@pytest.mark.holds("S-14")
def test_a_suppression_is_lifted_by_two(studio, ada):
    key = key_of(parse(ADA))
    consent.suppress(key, Suppression(ALL, Reason.MANUAL), NOW)
    lift = {"which": "all/manual", "because": "Pressed by mistake."}
    asked = press(studio, f"{page_of(ada)}lift/", **lift)["Location"]
    assert press(studio, asked, do="approve").status_code == 409, "nobody approves their own"
    assert active(consent.suppressions(key), NOW)
    olive = signed_in("olive", "privacy_officer")
    assert press(olive, asked, do="approve").status_code == 303
    other = press(olive, f"{page_of(ada)}lift/", **{**lift, "because": "Another reason."})
    assert other["Location"] != asked, "what was approved is this very lifting"
    assert active(consent.suppressions(key), NOW)
    assert press(studio, f"{page_of(ada)}lift/", **lift)["Location"] == page_of(ada)
    assert not active(consent.suppressions(key), NOW)


def test_the_suppression_list_is_paged_and_shows_no_whole_address(studio, ada):
    for number in range(60):
        key = key_of(parse(f"reader{number}@example.test"))
        consent.suppress(key, Suppression(ALL, Reason.IMPORTED), NOW - timedelta(days=1))
    consent.suppress(key_of(parse(ADA)), Suppression(ALL, Reason.COMPLAINT), NOW)
    first = words(studio.get("/studio/suppressions/"))
    assert "page 1 of 2" in first
    assert "a…@example.test every letter reported spam" in first
    assert words(studio.get("/studio/suppressions/?page=2")).count("known by its hash alone") == 11
    only = words(studio.get("/studio/suppressions/?reason=complaint"))
    assert "known by its hash" not in only


def test_two_versions_of_a_notice_stand_side_by_side_with_what_stands_against_them(studio, notices):
    page = studio.get("/studio/notices/notice-a/?old=1&new=4")
    gone = [element.text_content() for element in tree(page).xpath("//del")]
    new = [element.text_content() for element in tree(page).xpath("//ins")]
    assert "servers located in" in " ".join(gone)
    assert "We stop at once;" in " ".join(new)
    said = words(page)
    assert "findings against it" in said
    assert "no finding" in said
    assert studio.get("/studio/notices/notice-a/?old=1&new=77").status_code == 404
    assert studio.get("/studio/notices/nosuch/").status_code == 404


def test_no_button_of_the_desk_can_be_pressed_from_another_site(ada):
    client = signed_in(enforce_csrf_checks=True)
    before = facts()
    for path in (
        "/studio/people/",
        "/studio/requests/",
        *(page_of(ada) + p for p in ("say/", "erase/", "lift/")),
    ):
        answer = client.post(path, {"sure": "yes", "channel": "post", "kind": "objection", "address": ADA})
        assert answer.status_code == 403, path
    assert facts() == before
