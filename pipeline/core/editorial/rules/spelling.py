"""A long word that stands once and is one letter away from a word that the article uses often.

The article's own vocabulary is the dictionary: it knows the terms that no word list has.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_WORD = re.compile(r"[^\W\d_]{7,40}")
_OFTEN = 3  # times that a word must stand to be believed
_ENDING = 3  # letters at the end that inflection changes: diagnosis, diagnoses, diagnosed

_OPPOSITES = (("macro", "micro"), ("hyper", "hypo"), ("inter", "intra"), ("ante", "anti"))
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
    often = _by_shortened(word for word, count in counts.items() if count >= _OFTEN)
    for word, count in counts.items():
        if count > 1 or word in _REAL:
            continue
        near = {other for key in _shortened(word) for other in often.get(key, ()) if _is_slip(word, other)}
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
        for key in _shortened(word):
            index[key].append(word)
    return index


def _shortened(word: str) -> set[str]:
    """The word itself, and the word without each of its letters: two words one slip apart share one of these."""
    return {word} | {word[:n] + word[n + 1 :] for n in range(len(word))}


def _is_slip(word: str, other: str) -> bool:
    """Whether one changed, lost, added or swapped letter makes `word` of `other`, and not an inflection."""
    start = next(
        (n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other))
    )
    left, right = word[start:], other[start:]
    swapped = len(left) == len(right) and left[:2] == right[1::-1] and left[2:] == right[2:]
    changed = left[1:] == right[1:]
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    added = longer[1:] == shorter
    if not (swapped or changed or added) or word == other:
        return False
    if min(len(left), len(right)) < _ENDING + 1 or (added and start == 0):
        return False
    if changed and {left[0], right[0]} in ({"s", "z"}, {"c", "s"}):
        return False
    if added and not changed and longer[0] in "aou" and (longer[1] == "e" or longer[0] == "u"):
        return False  # haemorrhage and hemorrhage, colour and color
    if added and not changed and longer[0] == "l" and shorter[:1] in ("l", "e", "i"):
        return False  # labelled and labeled
    return not any(_opposed(word, other, a, b) for a, b in _OPPOSITES)


def _opposed(word: str, other: str, a: str, b: str) -> bool:
    return (word.startswith(a) and other.startswith(b)) or (word.startswith(b) and other.startswith(a))


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
