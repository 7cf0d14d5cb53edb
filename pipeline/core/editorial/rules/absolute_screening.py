"""Claims about tests and screening that no test can keep."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import HEDGE, NEGATION, clause_before, hit, matches
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_TEST = (
    r"(?:screening|mammograms?|mammography|smear tests?|blood tests?|scans?|tests?|colonoscop(?:y|ies)|biops(?:y|ies)|"
    r"x-rays?|ultrasounds?|mris?)"
)
_FINDS = re.compile(
    rf"\b{_TEST}\b(?P<between>(?: \w+){{0,2}}?) (?:(?:always|never) (?:finds?|detects?|shows?|misses?|picks? up)|"
    r"(?:finds?|detects?|shows?|picks? up) (?:all|every) (?:\w+ )?(?:cancers?|tumou?rs?|cases?|problems?)|"
    r"prevents (?:\w+ )?cancers?|(?:saves?|will save) your life|(?:is|are) (?:definitive|infallible|foolproof))\b",
    re.IGNORECASE,
)
_CLEAR = re.compile(
    rf"\b(?:normal|negative|clear) (?:{_TEST}|results?)\b(?P<between>(?: \w+){{0,3}}?) "
    r"(?:means?(?: that)? you (?:do not have|don[’']t have|cannot have|are free (?:of|from)|have no)|rules? out|"
    r"proves?)\b",
    re.IGNORECASE,
)
_NARROW = re.compile(r"\b(?:cervical|bowel|colonoscop|smear|polyps)\w*\b", re.IGNORECASE)


def _check(view: View) -> Iterator[Hit]:
    triggers = (
        "always",
        "never",
        " all ",
        "every",
        "prevent",
        "save",
        "definitive",
        "infallible",
        "foolproof",
    )
    for pattern, words in ((_FINDS, triggers), (_CLEAR, ("normal", "negative", "clear"))):
        for sentence, match in matches(view, pattern, *words):
            before = clause_before(sentence.text, match.start()) + match.group("between").lower()
            held = before + " " + match.group().lower()
            # Smear tests and colonoscopy do prevent cancers: they find what is taken out before it is one.
            narrow = "prevent" in held and _NARROW.search(sentence.text)
            if NEGATION.search(before) or HEDGE.search(held) or narrow:
                continue
            yield hit(
                sentence,
                match,
                f"'{match.group()}' says more of a test than any test can do. Say how often it is right, and that"
                " it can miss things.",
            )


RULE = Rule(
    Card(
        "absolute-screening",
        Severity.A,
        "A test or screening is said to be certain",
        "Every test misses some cases and alarms some people for nothing. Who had a clear result may ignore a symptom.",
        "Say how often it is right, that it can miss things, and to see a GP about new symptoms all the same.",
    ),
    wrong="A normal scan means you do not have cancer.",
    right="A normal scan makes cancer unlikely. See a GP if you notice something new.",
    check=_check,
    reads=("en",),
)
