"""Words of a sponsor, an affiliate or a shop in the article itself (E-11)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import NEGATION, clause_before, hit, matches
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_WORDS = re.compile(
    r"\b(?:sponsored by|sponsored (?:content|post|article)|in (?:paid )?partnership with|brought to you by|paid for by|"
    r"affiliate links?|we (?:may )?(?:earn|receive) (?:a |an )?(?:\w+ )?commission|advertorial|advertisement feature|"
    r"our (?:sponsors?|advertisers?|shop|store)|discount codes?|promo codes?|coupon|use (?:the )?code [A-Z0-9]{3,}|"
    r"buy (?:it |yours |one )?now|shop now|order (?:yours |it )?(?:now|today)|limited[- ]time offer|money[- ]back)",
    re.IGNORECASE,
)


def _check(view: View) -> Iterator[Hit]:
    triggers = (
        "sponsor",
        "partnership",
        "brought to you",
        "paid for",
        "affiliate",
        "commission",
        "advert",
        "shop",
        "store",
        "code",
        "coupon",
        "buy",
        "order",
        "offer",
        "money",
    )
    for sentence, match in matches(view, _WORDS, *triggers):
        if not NEGATION.search(clause_before(sentence.text, match.start())):
            yield hit(
                sentence,
                match,
                f"'{match.group()}' is promotion or a declaration of interests. Take it out, or declare the interest in"
                " the notes for the reviewer and allow this with that reason.",
            )


RULE = Rule(
    Card(
        "E-11.sponsor-words",
        Severity.B,
        "Promotion, or a sponsor named in the text",
        "Readers must be able to tell information from advertising, and to see who paid for what they read (E-11).",
        "Take the promotion out. Where a sponsor has to be named, agree the words with the reviewer.",
    ),
    wrong="This article contains affiliate links. Buy now with a discount code.",
    right="Pharmacies sell several kinds of nose spray.",
    check=_check,
    reads=("en",),
)
