"""An abbreviation that is nowhere spelt out (E-06). A warning: no list of what everybody knows is ever complete."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.content.words import plain
from pipeline.core.editorial.phrasing import hit_in
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

# What readers in the UK know by its letters, or better than by its words.
_KNOWN = frozenset(
    re.findall(
        r"[A-Z]+",
        "NHS GP GPS UK USA US EU UN WHO NICE BMJ BBC TV DVD CD PC PDF FAQ FAQS ID PIN SMS OK AM PM BC AD DNA RNA HIV"
        " AIDS COVID SARS FLU MOT CPR SOS AE ER DIY UV SPF LED USB VAT PO RNIB MHRA FDA DVLA CE ISO VIP CEO HR PE IQ"
        " ATM NB PS AND OR NOT IF DO NO YES",
    )
)
_SHORT = re.compile(r"(?<![\w&/.@-])(?P<letters>[A-Z]{2,6})(?P<plural>s)?(?![\w&@]|[-/][A-Z]|\.[A-Za-z])")
_ROMAN = re.compile(r"[IVXLC]+")
_GENE = re.compile(r"\s*genes?\b")  # names of genes are letters and nothing else to the reader
_LOUD = re.compile(r"\b[A-Z]{2,}\b(?:\W+[A-Z]{2,}\b){2,}")  # a line that shouts


# The words before "(MRI)", after "MRI (", or joined to it by "or", "stands for", "called".
_TOLD = re.compile(
    r"[a-z’'-]{2,20} ?[(\[](?P<behind>[A-Z]{2,6})s?\b"
    r"|\b(?P<before>[A-Z]{2,6})s?(?: ?[(\[][A-Za-z][a-z’' -]{5}|,? (?:or|stands for|is short for|means)\b)"
    r"|(?:,? or|called|known as|abbreviated(?: to)?|short for) (?:an? |the )?(?P<called>[A-Z]{2,6})s?\b"
)


def _check(view: View) -> Iterator[Hit]:
    """Once for each abbreviation, where it first stands in running text."""
    done = set(_KNOWN)
    for text, _ in view.texts:
        done |= {name for match in _TOLD.finditer(text) for name in match.groups() if name}
    for passage in view.passages:
        text = plain(passage.text)
        if _LOUD.search(text):
            continue
        for match in _SHORT.finditer(text):
            short = match.group("letters")
            if short in done or _ROMAN.fullmatch(short) or _GENE.match(text, match.end()):
                continue
            done.add(short)
            yield hit_in(
                text,
                passage.line,
                match,
                f"'{short}' is not spelt out where it first stands. Write the words, then ({short}).",
            )


RULE = Rule(
    Card(
        "E-06.undefined-abbreviation",
        Severity.C,
        "An abbreviation is not spelt out",
        "Readers do not know the letters that clinicians use all day. It is a warning, since no list of what everybody"
        " knows is complete.",
        "At the first use write the words and then the letters: 'magnetic resonance imaging (MRI)'.",
    ),
    wrong="You may be asked to have an ERCP.",
    right="You may be asked to have an endoscopy of the bile ducts (ERCP). An ERCP takes an hour.",
    check=_check,
    reads=("en",),
)
