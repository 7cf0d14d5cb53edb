"""Words that name a person by a condition, judge them, or leave readers out (E-09)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import hit_in
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

# What is written, and what is better. After the NHS content guide on inclusive language.
_BETTER = {
    r"diabetics": "people with diabetes",
    r"epileptics": "people with epilepsy",
    r"asthmatics": "people with asthma",
    r"schizophrenics": "people with schizophrenia",
    r"alcoholics(?! anonymous)": "people who are dependent on alcohol",
    r"(?:drug )?addicts": "people who use drugs",
    r"drug abusers?": "people who use drugs",
    r"the (?:elderly|aged)(?! (?:people|care|person))": "older people",
    r"the disabled(?! (?:people|person|toilet|parking))": "disabled people",
    r"the mentally ill": "people with a mental health condition",
    r"the blind(?! spot)": "people who are blind",
    r"the deaf(?! (?:people|community))": "deaf people",
    r"(?:wheelchair[- ]bound|confined to a wheelchair)": "a wheelchair user",
    r"(?:suffers|suffering) from": "has, or living with",
    r"(?:cancer|aids|stroke) victims?": "people with cancer, or who have had a stroke",
    r"commit(?:s|ted|ting)? suicide": "died by suicide, or took their own life",
    r"handicapped": "disabled",
    r"(?:mentally|physically) challenged": "disabled",
    r"normal people": "people without the condition",
    r"an? woman[’']s breasts?": "the breast: men have breasts too",
    r"women[’']s breasts": "breasts: men have breasts too",
    r"(?:female|male) gender": "women, or men",
    r"mankind": "people",
    r"manpower": "staff",
    r"housewi(?:fe|ves)": "people at home",
    r"non-compliant patients?": "people who do not take it as agreed",
    r"failed (?:chemotherapy|treatment|therapy)": "the treatment did not work",
    r"obese people": "people living with obesity",
    r"morbidly obese": "living with severe obesity",
}
_WORDS = re.compile("|".join(rf"(?P<w{n}>\b{words}\b)" for n, words in enumerate(_BETTER)))
_SUGGESTED = tuple(_BETTER.values())
_TRIGGERS = (
    *(
        "diabetics",
        "epileptics",
        "asthmatics",
        "schizophrenics",
        "alcoholics",
        "addicts",
        "abuser",
        "the elderly",
    ),
    *(
        "the aged",
        "the disabled",
        "the mentally",
        "the blind",
        "the deaf",
        "wheelchair",
        "suffer",
        "victim",
        "suicide",
    ),
    *(
        "handicapped",
        "challenged",
        "normal people",
        "woman",
        "women",
        "gender",
        "mankind",
        "manpower",
        "housewi",
    ),
    *("non-compliant", "failed", "obese"),
)


def _check(view: View) -> Iterator[Hit]:
    for text, line in view.texts_with(*_TRIGGERS):
        for match in _WORDS.finditer(text.lower()):
            better = _SUGGESTED[int((match.lastgroup or "w0")[1:])]
            yield hit_in(text, line, match, f"Instead of '{match.group()}' write: {better}.")


RULE = Rule(
    Card(
        "E-09.inclusive-words",
        Severity.C,
        "Words that name people by a condition, judge them or leave them out",
        "Who reads it may be the person it is about. Breasts, for one, are not women's alone (E-09).",
        "Name the person first and the condition after, and the part of the body without a sex if the fact has none.",
    ),
    wrong="Many diabetics take these tablets.",
    right="Many people with diabetes take these tablets.",
    check=_check,
    reads=("en",),
)
