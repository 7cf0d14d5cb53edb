"""A notice that leaves something out, or spoils the choice, is found out; the project's own are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.core.consent.notice import load, paragraphs
from pipeline.core.consent.notice_lint import RULES, contradictions, findings

CONTROLLER = {
    "controller_name": "Example Health Press Ltd",
    "controller_address": "1 Test Street, Exampleton EX1 1EX",
    "controller_email": "privacy@press.example",
    "controller_number": "00000000",
}
NOTICES = Path(__file__).parents[3] / "content" / "notices"


def notice(name):
    return load((NOTICES / f"{name}.toml").read_text(encoding="utf-8"), CONTROLLER, place=name)


WEEKLY = notice("weekly-health-email")
DAILY = notice("daily-health-newsletter")
BOX_A = notice("earlier/notice-a-1")
BOX_B = notice("earlier/notice-b-1")
MISSING = [
    "controller",
    "contact",
    "purpose",
    "basis",
    "recipients",
    "place",
    "retention",
    "rights",
    "withdrawal",
    "complaint",
    "provision",
    "profiling",
    "age",
]


def rules(of):
    return [finding.rule for finding in findings(of)]


@pytest.mark.holds("C-40")
def test_the_words_of_the_two_boxes_are_those_that_were_shown():
    # Standards 2.6: the sums of the two texts.
    assert BOX_A.body_sha256 == "5c15022e63ea790e8d7332bde9376b8660dcb3a394d94d554306f985529c5c56"
    assert BOX_B.body_sha256 == "d5ed67ec5dbb08825f3432a4b7dbf0956792b0d2e730321b188cc585319e17b7"


@pytest.mark.holds("C-42")
def test_what_stands_against_the_box_of_the_weekly_email():
    assert rules(BOX_A) == [
        *MISSING,
        "take-it-or-leave-it",
        "eu-for-uk",
        "safeguard",
        "policy",
        "consent-sentence",
    ]


@pytest.mark.holds("C-42")
def test_what_stands_against_the_box_of_the_daily_newsletter():
    assert rules(BOX_B) == [
        *MISSING,
        "take-it-or-leave-it",
        "unsupported-claim",
        "policy",
        "consent-sentence",
    ]


@pytest.mark.holds("C-42")
def test_the_two_boxes_contradict_each_other_about_where_details_go():
    [found] = contradictions([BOX_A, BOX_B])
    assert found.sentence.startswith("notice-a version 1 speaks of a transfer")
    assert contradictions([WEEKLY, DAILY]) == ()


@pytest.mark.parametrize("ours", [WEEKLY, DAILY], ids=["weekly", "daily"])
def test_nothing_stands_against_the_notices_that_people_sign_up_under(ours):
    assert rules(ours) == []


WITHOUT = {
    "What we send.": set(),  # the consent sentence says it too
    "What we need.": {"provision"},
    "Age.": set(),  # the consent sentence says it too
    "How long we keep them.": {"retention"},
    "Your rights.": {"rights"},
    "Complaints.": {"complaint"},
    "No tracking.": {"profiling"},
    "Where your details are kept.": {"place"},
}


@pytest.mark.parametrize("start", WITHOUT)
def test_a_notice_without_a_paragraph_lacks_what_it_says(start):
    kept = [one for one in paragraphs(WEEKLY.body) if not one.startswith(start)]
    assert len(kept) == len(paragraphs(WEEKLY.body)) - 1
    assert set(rules(replace(WEEKLY, body="\n\n".join(kept)))) == WITHOUT[start]


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("If you do not agree to this, please do not provide your address.", "take-it-or-leave-it"),
        ("Details may be placed outside of the EU.", "eu-for-uk"),
        ("You get advice from our medical team.", "unsupported-claim"),
        ("You hear from us every day.", "cadence"),
    ],
)
def test_words_that_spoil_a_good_notice_are_found(said, rule):
    assert rules(replace(WEEKLY, body=f"{WEEKLY.body}\n\n{said}")) == [rule]


def test_a_transfer_needs_a_safeguard():
    body = WEEKLY.body.replace(
        "(UK adequacy regulations or the UK's International Data Transfer Agreement)", ""
    )
    assert rules(replace(WEEKLY, body=body)) == ["safeguard"]


def test_age_is_asked_for_somewhere():
    body = "\n\n".join(one for one in paragraphs(WEEKLY.body) if not one.startswith("Age."))
    sentence = WEEKLY.consent_sentence.replace(" I am 16 or over, and I know", " I know")
    assert rules(replace(WEEKLY, body=body, consent_sentence=sentence)) == ["age"]


def test_each_rule_can_fail():
    found = {*rules(BOX_A), *rules(BOX_B), "frequency"}
    bare = replace(BOX_B, title="News", cadence="now and then")
    assert {rule.name for rule in RULES} <= found
    assert "frequency" in rules(bare)
