"""A long word that stands once and is one letter away from a word that the article uses often.

The article's own vocabulary is the dictionary: it knows the terms that no word list has.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.medical_terms import medical_terms, ordinary_words
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.slips import is_slip, shortened
from pipeline.core.editorial.view import View

_WORD = re.compile(r"[^\W\d_]{7,40}")
_OFTEN = 3  # times that a word must stand to be believed

# Real words that are one letter from other real words of medicine.
_REAL = frozenset(
    [
        "infection",
        "injection",
        "medication",
        "meditation",
        "mediation",
        "dilation",
        "dilution",
        "absorption",
        "adsorption",
        "ablation",
        "perfusion",
        "profusion",
        "effusion",
        "affusion",
        "efficient",
        "deficient",
        "conscious",
        "irritation",
        "irrigation",
        "inflection",
        "reaction",
        "resection",
        "casualty",
        "causality",
        "personal",
        "personnel",
        "abduction",
        "adduction",
        "afferent",
        "efferent",
    ]
)


def _check(view: View) -> Iterator[Hit]:
    counts: Counter[str] = Counter()
    lines: dict[str, int] = {}
    for text, line in view.texts:
        for word in _WORD.findall(text.lower()):
            counts[word] += 1
            lines.setdefault(word, line)
    known = medical_terms() | ordinary_words()
    often = _by_shortened(word for word, count in counts.items() if count >= _OFTEN)
    for word, count in counts.items():
        if count > 1 or word in _REAL or word in known:
            continue
        near = {other for key in shortened(word) for other in often.get(key, ()) if is_slip(word, other)}
        if near:
            likely = max(near, key=lambda other: (counts[other], other))
            yield Hit(
                lines[word],
                word,
                f"'{word}' stands once, and '{likely}' {counts[likely]} times. Is it a slip of the keyboard?",
            )


def _by_shortened(words: Iterator[str]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for key in shortened(word):
            index[key].append(word)
    return index


RULE = Rule(
    Card(
        "spelling",
        Severity.C,
        "A word that stands once, one letter away from a word used often",
        "A misspelt term cannot be searched for, and readers trust the rest less.",
        "Mend it, or say on its line that it is another word.",
    ),
    wrong="The antihistamine helps. Take the antihistamine early. Ask which antihistamine. No antihistemine lasts.",
    right="The antihistamine helps. Take the antihistamine early. Ask which antihistamine. No antihistamine lasts.",
    check=_check,
)
