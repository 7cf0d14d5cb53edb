"""Every kind of thing that can happen is said in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from pipeline.core.consent import evidence
from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.evidence import Fate
from pipeline.core.consent.gate import Stop
from pipeline.core.consent.suppression import Reason
from pipeline.core.consent.timeline import BY, FATES, GRADES, HOW, SAID, of_entry

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)


def test_every_word_of_the_ledger_has_a_sentence():
    assert set(SAID) == set(EventKind)
    assert set(BY) == set(Actor)
    assert set(HOW) == set(Method)
    assert set(GRADES) == set(EvidenceGrade)
    assert set(FATES) == set(Fate)
    assert set(evidence._BECAUSE) == {*ConsentStatus, *Reason, Stop.CONSENT_EXPIRED, Stop.NOTICE_OUTDATED}


def test_a_moment_says_what_happened_by_whom_how_and_under_which_notice():
    entry = Entry(
        UUID(int=7),
        EventKind.CONSENT_GIVEN,
        "weekly",
        AT,
        Actor.DATA_SUBJECT,
        Method.CONFIRM_POST,
        notice_id="notice-a",
        notice_version=3,
        evidence_grade=EvidenceGrade.FULL,
        evidence={"page_url": "https://clinic.test/", "confirmation": "7"},
        suspect_automation=True,
    )
    said = of_entry(entry, {"weekly": "Weekly health email"})
    assert said.said == "Said yes to “Weekly health email”."
    assert said.notice == ("notice-a", 3)
    assert said.lines == (
        "By the person, with the button behind the link in the confirmation letter.",
        "Evidence: double opt-in under an archived notice.",
        "A machine may have done it.",
        "Page url: https://clinic.test/",
    )
    assert said.marks == ("Confirmation: 7",)


def test_a_yes_on_the_page_of_choices_is_not_said_to_be_a_double_opt_in():
    yes = Entry(
        UUID(int=8),
        EventKind.TRACKING_CONSENT_GIVEN,
        "email_open_tracking",
        AT,
        Actor.DATA_SUBJECT,
        Method.PREFERENCE_PAGE,
        evidence_grade=EvidenceGrade.FULL,
    )
    assert of_entry(yes, {}).lines == (
        "By the person, on the page of their preferences.",
        "Evidence: given by a link in their own mailbox, under an archived notice.",
    )
