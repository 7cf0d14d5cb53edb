"""What waits for a clinician, and the well-written sentences that must not: a false alarm costs the next one trust."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Severity
from pipeline.core.editorial import check
from pipeline.core.editorial.rules import RULES
from pipeline.core.editorial.rules.tortured_phrase import MEANT
from tests.core.content.samples import markdown
from tests.core.editorial.dangers import DANGERS
from tests.core.editorial.examples import written

FLAGGED = {
    "contradictory-frequency": [
        "Headache is common, in fewer than 1 in 100 people.",
        "It is a rare condition that affects 1 in 5 adults.",
        "Rare side effects happen in 1 in 10 people.",
        "About 1 in 10,000 people get this common rash, and it is a common rash.",
    ],
    "conflicting-figures": [
        "About 1 in 10 women have these spots.\n\nThese spots are found in around 1 in 8 women.",
        "Around 50% of adults over 60 have gallstones. Gallstones affect 20% of adults over 60.",
        "One in three adults snore.\n\n10% of adults snore.",
    ],
    "conflicting-units": ["Levothyroxine 50 micrograms is usual. Do not take levothyroxine 50mg."],
    "reversed-range": [
        "Take 10 to 5 mg at night.",
        "Wait between 8 and 6 hours.",
        "It lasts 14–7 days.",
        "The dose is 20mg to 10mg a day.",
    ],
    "dose-format": [
        "Take 5.0 mg once a day.",
        "Take .5 mg once a day.",
        "Take 50mcg once a day.",
        "Take 50 µg once a day.",
        "Inject 10 IU.",
        "Take 5 mg/ml/ once a day.",
        "Take 5 mg mg once a day.",
    ],
    "dose-without-unit": [
        "Take 500 twice a day.",
        "A dose of 1 or 2 every 4 hours helps.",
        "You take 20 at night.",
    ],
    "blanket-reassurance": [
        "This lump is nothing to worry about.",
        "These spots are often mild and should not worry you.",
        "The vaccine is completely safe.",
        "The tablets have no side effects.",
        "There are no risks.",
        "The test is 100% accurate.",
        "It is guaranteed to work.",
    ],
    "absolute-screening": [
        "Mammograms find all cancers.",
        "A blood test always detects it.",
        "A negative test rules out an infection.",
        "A normal result means that you do not have cancer.",
        "Breast screening prevents breast cancer.",
        "A biopsy is definitive.",
    ],
    "stop-medicine": [
        "Stop taking your statin if your legs hurt.",
        "You can halve the dose of your blood thinner.",
        "If you feel well, you may come off your antidepressants.",
        "Double your insulin on sick days.",
    ],
    "told-diagnosis": [
        "If you are always thirsty, you have diabetes.",
        "This means that you have breast cancer.",
        "You have bowel cancer if you see blood in your poo.",
        "A high reading proves you have high blood pressure, so you have heart disease.",
    ],
    "tortured-phrase": [
        "Bosom peril is common.",
        "People with lactose bigotry avoid milk.",
        "It harms white platelets.",
    ],
}

SOUND = {
    "contradictory-frequency": [
        "Headache is common, in up to 1 in 10 people.",
        "It is rare, in fewer than 1 in 1,000 people.",
        "Colds are common, but complications are seen in 1 in 5,000 people.",
        "It is less common, in about 1 in 2,000 people.",
        "Common side effects happen in more than 1 in 100 people.",
        "Rare but serious side effects happen in fewer than 1 in 10,000 people.",
        "It is more common than you think: 1 in 2000 people are born with it.",
    ],
    "conflicting-figures": [
        "About 1 in 10 women have it. About 1 in 8 men have it.",
        "About 1 in 10 adults under 50 have gallstones. About 1 in 5 adults over 60 have gallstones.",
        "About 1 in 5 adults snore. Around 20% of adults snore.",
        "It affects 1 in 100 babies. It affects 1 in 100 babies.",
    ],
    "conflicting-units": [
        "Take paracetamol 500 mg. The most is paracetamol 1 g.",
        "Levothyroxine 50 micrograms is usual, and aspirin 50 mg is not.",
        "Tablets of 1 mg and 1 g exist.",
    ],
    "reversed-range": [
        "Take 5 to 10 mg at night.",
        "Your doctor may reduce it from 10 to 5 mg.",
        "The dose is lowered from 20 mg to 10 mg.",
        "It fell from 14 to 7 days.",
        "There are 10 and 5 mg tablets.",
        "Call 020 7946 0018 to 5 pm.",
        "Between 2 and 4 days is usual.",
        "It lasts between 4 hours and 3 days, or from 90 minutes to 2 hours.",
    ],
    "dose-format": [
        "Take 0.5 mg, 5 mg or 1.05 mg.",
        "A level of 7.0 mmol/l or more means diabetes.",
        "Your ferritin was 15 µg/l.",
        "Take 50 micrograms, or 10 units.",
        "It costs 5.00 pounds.",
        "She weighs 60.0 kg.",
        "Use 5 mg/ml eye drops.",
    ],
    "dose-without-unit": [
        "Take 2 tablets twice a day.",
        "Take 500 mg every 4 hours.",
        "Take it twice a day.",
        "Wait 20 minutes every morning.",
        "Take 10 minutes a day to rest.",
    ],
    "blanket-reassurance": [
        "Most lumps are usually nothing to worry about.",
        "This does not mean that there is nothing to worry about.",
        "No medicine is completely safe.",
        "The vaccine is not 100% effective.",
        "There is no cure, and nobody cures diabetes with tea.",
        "Beware of anyone who says that a product is guaranteed to work.",
        "Many people have no side effects.",
        "If you have no side effects, your dose may go up.",
        "It is harmless in most people.",
        "There is no risk of passing it on.",
        "There are no risk factors that you can change.",
        "Good results cannot be guaranteed.",
        "Surgery cures most people with early cancer.",
    ],
    "absolute-screening": [
        "No test finds every cancer.",
        "Tests do not always pick up an infection.",
        "Screening can prevent some cancers.",
        "Bowel screening prevents bowel cancer in some people.",
        "Mammograms do not find all cancers.",
        "A negative test does not rule out an infection.",
        "A normal result does not mean that you do not have cancer.",
        "Screening does not prevent breast cancer.",
        "It is a test to help prevent cancer.",
    ],
    "stop-medicine": [
        "Do not stop taking your statin.",
        "Talk to your doctor before you stop your antidepressants.",
        "Never stop taking steroids suddenly.",
        "You should stop taking your aspirin only if your surgeon says so.",
        "If you stop taking your medicine, symptoms may come back.",
        "Your GP may ask you to stop your tablets.",
        "Stop smoking. Start with short walks.",
        "You can start a food diary.",
    ],
    "told-diagnosis": [
        "If you have diabetes, check your feet.",
        "This does not mean that you have cancer.",
        "You may have diabetes.",
        "Tell your dentist that you have diabetes.",
        "The test shows whether you have HIV.",
        "When you have asthma, cold air can set it off.",
        "If you are over 50, you have diabetes or you smoke, ask about a health check.",
        "You have a right to ask.",
        "You have cancer treatment at a hospital.",
    ],
    "tortured-phrase": [
        "Kidney failure is serious, and a disappointment to nobody.",
        "A malignant growth is a cancer.",
        "White blood cells fight infection.",
    ],
    "contradictory-bound": ["Fewer than 1 in 100 people (under 1%) are affected."],
}


def _rules(body: str) -> set[str]:
    return {f.rule for f in check(written(f"## A\n\n{body}\n").article) if f.severity is Severity.A}


@pytest.mark.parametrize(
    ("rule", "sentence"), [(rule, sentence) for rule, those in FLAGGED.items() for sentence in those]
)
def test_what_is_unsafe_waits_for_a_clinician(rule: str, sentence: str) -> None:
    assert rule in _rules(sentence)


@pytest.mark.parametrize("sentence", [sentence for those in SOUND.values() for sentence in those])
def test_a_sound_sentence_waits_for_nobody(sentence: str) -> None:
    assert _rules(sentence) == set()


def test_every_rule_for_clinicians_is_tried_both_ways() -> None:
    tried = FLAGGED.keys() & SOUND.keys()
    elsewhere = {"E-05.symptoms-without-advice", "contradictory-bound"} | DANGERS.keys()
    assert {rule.id for rule in RULES if rule.card.severity is Severity.A} == tried | elsewhere


@pytest.mark.holds("E-05")
@pytest.mark.parametrize(
    ("body", "flagged"),
    [
        ("## Symptoms\nA cough.\n", True),
        ("## Symptoms\nA cough. Many doctors know it.\n", True),
        ("## Warning signs\nA cough.\n", True),
        ("## Symptoms\nA cough.\n## Help\nSee a GP.\n", False),
        ("## Symptoms\nA cough.\n\n::: urgent\nCall 999.\n:::\n", False),
        ("## Causes\nDust.\n", False),
    ],
)
def test_symptoms_come_with_a_word_on_whom_to_see(body: str, flagged: bool) -> None:
    found = [(f.rule, f.line) for f in check(written(body).article) if f.severity is Severity.A]
    assert found == ([("E-05.symptoms-without-advice", 7)] if flagged else [])


def test_every_tortured_phrase_is_known_in_the_singular_and_the_plural() -> None:
    lines = [f"They wrote of {phrase}.\n\nOr of {phrase}s." for phrase in MEANT]
    found = check(written("## A\n\n" + "\n\n".join(lines) + "\n").article)
    flagged = {f.line for f in found if f.rule == "tortured-phrase"}
    assert flagged == {9 + 2 * n for n in range(2 * len(MEANT))}


def test_rules_that_read_english_leave_other_languages_alone() -> None:
    body = "## Symptome\n\nTake .5 mg. Nothing to worry about.\n\nMRI. As mentioned above. mamogram\n"
    for language, expected in (("en-GB", True), ("EN-us", True), ("de", False), ("enm", False)):
        front = f"title: T\nlanguage: {language}\ndisclaimer: D."
        found = {f.rule for f in check(markdown(body, front=front).article)}
        assert "dose-format" in found, "a dose is a dose in every language"
        assert {"blanket-reassurance", "back-reference", "misspelt-term"} & found == (
            {"blanket-reassurance", "back-reference", "misspelt-term"} if expected else set()
        )
