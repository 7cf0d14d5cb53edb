"""A claim of approval in the text, which only a sign-off can make here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import NEGATION, clause_before
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_CLAIM = re.compile(
    r"\b(?:(?:medically|clinically|expertly|professionally) (?:reviewed|checked|approved|verified|fact-checked) by|"
    r"(?:doctor|gp|physician|nurse|expert|dermatologist|clinician)[- ](?:approved|recommended|endorsed|reviewed)|"
    r"(?:reviewed|fact[- ]checked|approved) by (?:a |an |our )?(?:dr\b|doctor|prof|medical|clinical|team of|expert)|"
    r"clinically proven|scientifically proven|proven by science|pif[- ]?tick|information standard certified|"
    r"(?:nhs|fda|mhra)[- ]approved|written by (?:a |our )?(?:doctors?|dr\b|medical (?:team|experts?)))",
    re.IGNORECASE,
)


def _check(view: View) -> Iterator[Hit]:
    triggers = (
        "reviewed",
        "checked",
        "approved",
        "verified",
        "recommended",
        "endorsed",
        "proven",
        "pif",
        "certified",
        "written by",
    )
    for text, line in view.texts_with(*triggers):
        for match in _CLAIM.finditer(text):
            if not NEGATION.search(clause_before(text, match.start())):
                yield Hit(
                    line,
                    text[max(0, match.start() - 30) : match.end() + 40],
                    f"'{match.group()}' claims an approval. Who reviewed an article stands under it once they have"
                    " signed it off, and nowhere else. Remove it.",
                )


RULE = Rule(
    Card(
        "byline-claim",
        Severity.B,
        "The text claims a review, an approval or a proof",
        "What was reviewed elsewhere was another text, marks such as the PIF TICK need a certificate, and 'clinically"
        " proven' needs a source.",
        "Remove the claim. Name the reviewer in the front matter, and cite the trial that you mean.",
    ),
    wrong="Medically reviewed by Dr Sample. This tea is clinically proven.",
    right="In one trial, people who drank this tea slept longer.[1]",
    check=_check,
    reads=("en",),
)
