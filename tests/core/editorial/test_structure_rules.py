"""What must be mended, and what is worth a look: both ways for each rule."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.core.content.article import Article, Person
from pipeline.core.editorial import check
from tests.core.editorial.examples import written

FLAGGED = {
    "back-reference": [
        "As described earlier, it passes.",
        "See below for more.",
        "The table above has the figures.",
        "The above symptoms need care.",
        "This was covered in the previous section.",
        "We come to that later in this article.",
        "More is said later in the leaflet.",
        "Use the amounts listed below.",
        "Scroll down to learn more.",
    ],
    "duplicate-block": [
        "Wash your hands with soap and water before you eat.\n\nRest.\n\nWash your hands with soap and water before you"
        " eat.",
        "- Drink plenty of water and rest for a day or so\n- Sleep\n- Drink plenty of water and rest for a day and so",
    ],
    "shortcode": [
        '\\[gallery ids="1"\\]',
        "\\[/caption\\] Rest.",
        '\\[my-box color="red"\\] Rest.',
        "Rest. {: .lead}",
        "\\[toc\\]",
    ],
    "byline-claim": [
        "Medically reviewed by Dr Sample.",
        "A doctor-approved plan.",
        "It is clinically proven to help.",
        "We hold the PIF TICK.",
    ],
    "E-11.sponsor-words": ["Sponsored by Example Ltd.", "We may earn a commission.", "Buy it now."],
    "slot-in-text": ["{{< youtube abc >}}", "{% include ad %}"],
    "E-06.undefined-abbreviation": ["You may have an ERCP.", "Two MRCPs were done."],
    "misspelt-term": ["A mamogram helps.", "Take parcetamol.", "It treats hypertention."],
    "mixed-spelling": [
        "A tumour is a lump. Tumors grow.",
        "It was randomised. They randomize people.",
        "It is non-cancerous. A noncancerous lump.",
        "Healthcare is free. Health care is here.",
        "Paediatric wards. A pediatric nurse.",
    ],
    "mixed-terms": ["A heart attack is sudden.\n\nA myocardial infarction needs care."],
    "E-07.reading-age": [
        "Histopathological characterisation necessitates interdisciplinary collaboration between radiologists."
    ],
    "E-06.long-sentences": ["It is " + "very " * 20 + "long."],
    "E-06.long-paragraphs": ["One is here. Two is here. Three is here. Four is here."],
    "E-08.number-style": [
        "About 50% of us have it.",
        "Wait 5-10 minutes.",
        "One in ten people get it.",
        "It is 1 in 5, or 20%.",
    ],
    "E-08.link-words": [
        "[Click here](https://x.test/a) for more.",
        "[here](https://x.test/a)",
        "Go to https://x.test/a now.",
        "[www.x.test](https://x.test/a)",
    ],
    "E-09.inclusive-words": [
        "Diabetics need care.",
        "The elderly are at risk.",
        "She suffers from asthma.",
        "It forms in a woman’s breast.",
    ],
    "E-06.vague-words": [
        "There is a good chance of recovery.",
        "Studies show that it helps.",
        "The battle against cancer goes on.",
    ],
}

SOUND = {
    "back-reference": [
        "Lie with your feet above your heart.",
        "A temperature below 36C is low.",
        "You may have any of the symptoms below:\n\n- a cough",
        "Put ice on the area above the knee.",
        "Read on the sofa for a while.",
        "Take the next dose the following day.",
        "It runs in the previous generation.",
        "Antibiotics may be given later in mild cases.",
        "It is often seen earlier in the day.",
        "The vaccine is not given below the age of 2.",
        "Swelling may be seen above your ankle.",
    ],
    "duplicate-block": [
        "Call 999 if somebody has chest pain that spreads.\n\nCall 999 if somebody has a rash that spreads.",
        "- a runny nose\n- a cough\n\nChildren have:\n\n- a runny nose",
        "::: urgent\nCall 999 now if you cannot breathe or speak at all.\n:::\n\n"
        "Call 999 now if you cannot breathe or speak at all.",
        "Take 1 tablet with water in the morning after food.\n\nTake 2 tablets with water in the morning after food.",
    ],
    "shortcode": ["\\[sic\\] Rest.", "A range of \\[4 to 8\\] is usual.", "Rest {for a while}."],
    "byline-claim": [
        "No diet is clinically proven to help.",
        "Your results are reviewed by two people.",
        "It was approved by your local clinic.",
    ],
    "E-11.sponsor-words": ["Buy a thermometer in a pharmacy.", "Order a repeat prescription in good time."],
    "E-06.undefined-abbreviation": [
        "A camera test (ERCP) takes an hour. An ERCP is safe.",
        "An ERCP (a camera test of the bile ducts) takes an hour.",
        "Call NHS 111 or see your GP about HIV.",
        "The BRCA gene matters.",
        "Stage IV is advanced.",
        "It is also known as ADHD. ADHD is common.",
        "COVID-19 and vitamin B12.",
    ],
    "misspelt-term": [
        "A mammogram helps. Two mammograms.",
        "It is typical, or popular with patients.",
        "A pediatric tumor and anesthesia.",
        "The clinic's physiotherapists.",
        "The aluminium ladder.",
        "Microbleeds, diverticulosis and erythematous skin.",
    ],
    "mixed-spelling": ["A tumour. Tumours grow.", "The size of a prize. Exercise.", "Colour and centred."],
    "mixed-terms": ["A heart attack (myocardial infarction) is sudden.\n\nAfter a heart attack, rest."],
    "E-07.reading-age": ["See a GP if it gets worse. Rest and drink water."],
    "E-06.long-paragraphs": ["One is here. Two is here. Three is here."],
    "E-08.number-style": [
        "About 1 in 2 people have it.",
        "Wait 5 to 10 minutes.",
        "COVID-19, 020-7946 0018 and 24/7.",
    ],
    "E-08.link-words": ["[Advice on pollen](https://x.test/a)."],
    "E-09.inclusive-words": ["People with diabetes. Older people.", "Deaf people and the blind spot."],
    "E-06.vague-words": ["Studies show that it helps.[1]", "Doctors say hello."],
}


def _rules(body: str) -> set[str]:
    return {f.rule for f in check(written(f"## A\n\n{body}\n").article)}


@pytest.mark.holds("E-06", "E-08", "E-09")
@pytest.mark.parametrize(
    ("rule", "body"), [(rule, body) for rule, those in FLAGGED.items() for body in those]
)
def test_what_should_be_seen_is_flagged(rule: str, body: str) -> None:
    assert rule in _rules(body)


@pytest.mark.parametrize(("rule", "body"), [(rule, body) for rule, those in SOUND.items() for body in those])
def test_what_is_sound_is_left_alone(rule: str, body: str) -> None:
    assert rule not in _rules(body)


@pytest.mark.parametrize(
    ("heading", "flagged"),
    [
        ("Treatment", False),
        ("Hepatitis A and B", False),
        ("The NHS Breast Screening Programme", False),
        ("Signs Of Trouble", True),
        ("What helps?", True),
        ("A heading that goes on for so long that no phone would ever show it whole", True),
    ],
)
def test_a_heading_is_short_in_sentence_case_and_no_question(heading: str, flagged: bool) -> None:
    found = {f.rule for f in check(written(f"## {heading}\n\nRest.\n").article)}
    assert ("E-08.heading-style" in found) is flagged


def test_a_question_of_the_faq_may_be_one() -> None:
    found = check(written("## A\n\nb\n\n## Questions and answers\n\n### What helps?\n\nRest.\n").article)
    assert "E-08.heading-style" not in {f.rule for f in found}


@pytest.mark.parametrize(
    ("reviewer", "reviewed", "due", "told"),
    [
        (None, None, None, ""),
        ("Dr Ada Sample", date(2026, 3, 2), date(2029, 3, 2), ""),
        ("Dr Ada Sample", date(2024, 2, 29), date(2027, 2, 28), ""),
        ("Dr Ada Sample", date(2026, 3, 2), date(2029, 3, 3), "more than 3 years"),
        ("Dr Ada Sample", date(2026, 3, 2), date(2026, 3, 2), "before the last one"),
        ("Dr Ada Sample", date(2026, 3, 2), None, "when the next review"),
        ("Dr Ada Sample", None, None, "without the day"),
        (None, date(2026, 3, 2), date(2027, 3, 2), "without a reviewer"),
        (None, None, date(2027, 3, 2), "no first one"),
    ],
)
def test_reviewer_and_dates_fit_together(
    reviewer: str | None, reviewed: date | None, due: date | None, told: str
) -> None:
    person = Person(reviewer) if reviewer else None
    article = Article("T", "t", (), reviewer=person, reviewed_on=reviewed, next_review_on=due)
    found = [f.message for f in check(article) if f.rule == "E-02.review-dates"]
    assert len(found) == bool(told)
    assert all(told in message for message in found)


@pytest.mark.holds("E-07")
def test_the_reading_age_comes_with_the_ten_hardest_sentences_and_never_blocks() -> None:
    hard = "Histopathological characterisation necessitates interdisciplinary collaboration."
    body = "\n\n".join([hard] * 3 + [f"{hard} {hard}"] * 5 + ["It is mild."])
    finding = next(f for f in check(written(f"## A\n\n{body}\n").article) if f.rule == "E-07.reading-age")
    assert (finding.line, finding.blocks) == (0, False)
    assert finding.message.count("line ") == 10
    assert "grade is" in finding.message
