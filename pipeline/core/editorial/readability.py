"""How hard a text is to read: Flesch-Kincaid grade (Kincaid et al., 1975). Advice for a person, never a gate (E-07).

    grade = 0.39 * words a sentence + 11.8 * syllables a word - 15.59

Syllables are counted by groups of vowels, which is right for most English words and off by one for some.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d[\d,.]*")
_VOWELS = re.compile(r"[aeiouyàâäéèêëïîôöùûüæœ]+")
_SILENT = re.compile(r"(?:[^laeiouy]e|[^aeiouytd]ed|(?<![cgsxz])(?<!sh)(?<!ch)es)$")


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def grade(sentences: Iterable[list[str]]) -> float:
    """The school grade that the words of these sentences ask for; a reading age is about five more. 0 without words."""
    count = words = syllables = 0
    for sentence in sentences:
        if sentence:
            count += 1
            words += len(sentence)
            syllables += sum(map(syllables_of, sentence))
    if not words:
        return 0.0
    return 0.39 * words / count + 11.8 * syllables / words - 15.59


@lru_cache(maxsize=20_000)
def syllables_of(word: str) -> int:
    if word[0].isdigit():
        return 1
    groups = len(_VOWELS.findall(word))
    if groups > 1 and _SILENT.search(word):
        groups -= 1
    return max(1, groups)
