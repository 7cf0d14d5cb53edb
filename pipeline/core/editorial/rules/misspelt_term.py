"""A word that is a slip of the keyboard away from one term of medicine, and is no word that we know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.medical_terms import SHORTEST, meant_by, medical_terms, ordinary_words
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_OFTEN = 3  # times; what stands so often is meant, and the rule `spelling` takes it for right
_ENDINGS = re.compile(r"(?:['’]s|s|es|ed|ing|ly|al|ic|like|less)$")
# -ise and -ize, -our and -or, -ae- and -e-: the spelling of the other side of the ocean is no slip.
_AMERICAN = (("ize", "ise"), ("iza", "isa"), ("izi", "isi"), ("yze", "yse"), ("yzi", "ysi"))


def _check(view: View) -> Iterator[Hit]:
    terms = medical_terms()
    known = terms | ordinary_words()
    for word, count in view.words.items():
        if len(word) < SHORTEST or count >= _OFTEN or not word.isascii() or word in known:
            continue
        if any(form in known for form in _other_forms(word)):
            continue
        meant = meant_by(word)
        if len(meant) == 1 and view.words[meant[0]] < _OFTEN:
            line = view.first_lines[word]
            yield Hit(
                line, word, f"'{word}' is one letter away from '{meant[0]}'. Is it a slip of the keyboard?"
            )


def _other_forms(word: str) -> Iterator[str]:
    """The word without an ending, and as it is spelt in the UK."""
    stem = _ENDINGS.sub("", word)
    yield stem
    yield stem + "e"
    yield stem + "y"
    for american, british in _AMERICAN:
        if american in word:
            yield word.replace(american, british)


RULE = Rule(
    Card(
        "misspelt-term",
        Severity.C,
        "A word is one letter away from a term of medicine",
        "Readers search for the word that they read, and do not find it. In the name of a medicine one letter can be"
        " another medicine.",
        "Look the term up and mend it, or say on its line that it is another word.",
    ),
    wrong="A mamogram takes a few minutes.",
    right="A mammogram takes a few minutes.",
    check=_check,
    reads=("en",),
)
