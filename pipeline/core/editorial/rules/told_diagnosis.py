"""A reader told what they have: "then you have diabetes". A page has examined nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import hit, matches
from pipeline.core.editorial.prose import Sentence
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_DISEASE = (
    r"(?:\w+ ){0,2}(?:cancer|diabetes|dementia|hiv|aids|hepatitis(?: [a-e])?|leukaemia|leukemia|lymphoma|"
    r"melanoma|tumou?r|asthma|copd|epilepsy|arthritis|osteoporosis|hypertension|depression|schizophrenia|"
    r"heart (?:disease|failure|attack)|kidney (?:disease|failure)|liver (?:disease|failure)|angina|sepsis|"
    r"meningitis|multiple sclerosis|parkinson[’']s(?: disease)?|alzheimer[’']s(?: disease)?|endometriosis|"
    r"pcos)\b"
)
_NO_MORE = r"(?=\s*(?:[.,;:!?)]|$|(?:and|or|that|which|in|of)\b))"  # "cancer treatment" is no diagnosis
_TOLD = re.compile(
    rf"(?:^|\b(?:means|shows|proves|confirms)(?: that)? |\b(?:then|so|therefore|because) |, )you (?:now |"
    rf"definitely |certainly |clearly |do |almost certainly |probably )?(?:have|are having|have got|suffer "
    rf"from) (?P<disease>{_DISEASE}){_NO_MORE}",
    re.IGNORECASE,
)
_TOLD_IF = re.compile(
    rf"^you (?:probably |certainly |definitely )?have (?P<disease>{_DISEASE}) if you\b", re.IGNORECASE
)
_OPEN = re.compile(
    r"\b(?:not|whether|might|may|could|can|worry|worried|afraid|fear|think|believe|suspect|feel|even though|"
    r"although|once|after|when|where|while|tell|say|know|unless|or)\b|n[’']t\b"
)
_FARTHEST = 300  # characters
_CONDITION = re.compile(r"\b(?:if|whether|when|unless|once)\b")


def _check(view: View) -> Iterator[Hit]:
    for sentence, match in matches(view, _TOLD_IF, "you "):
        yield _hit(sentence, match)
    for sentence, match in matches(view, _TOLD, "you "):
        before = sentence.text[max(0, match.start() - _FARTHEST) : match.start("disease")].lower()
        listed = match.group().startswith(", ") and _CONDITION.search(before)
        if _OPEN.search(before) or (listed and "," in sentence.text[match.end() : match.end() + _FARTHEST]):
            continue
        yield _hit(sentence, match)


def _hit(sentence: Sentence, match: re.Match[str]) -> Hit:
    return hit(
        sentence,
        match,
        f"This tells the reader that they have {match.group('disease')}. Only who has examined them can. Say what"
        " it may mean and whom to see.",
    )


RULE = Rule(
    Card(
        "told-diagnosis",
        Severity.A,
        "A reader is told what they have",
        "A page has examined nobody: a wrong diagnosis frightens, or stops somebody from seeking the right help.",
        "Write 'this may be a sign of...' and whom to see.",
    ),
    wrong="If you are thirsty and tired, then you have diabetes.",
    right="If you are thirsty and tired, you may have diabetes. See a GP for a test.",
    check=_check,
    reads=("en",),
)
