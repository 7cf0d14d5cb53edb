"""Words of medicine: conditions, medicines by their international names, anatomy, tests and treatments.

`medical_terms.txt` has one a line, in small letters and the spelling of the UK, of seven letters or more: a shorter
word is too close to too many others. `ordinary_words.txt` has what is spelt right, no term of that list, and a slip
away from one: "typical" and "topical". Both are read when they are first asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from pipeline.core.editorial.slips import is_slip

SHORTEST = 7
_ENDING = 1  # letter that may differ: the list has most plurals
_EDGE = 3  # letters; one slip leaves the first three of a word as they are, or the last three


@cache
def medical_terms() -> frozenset[str]:
    return _lines("medical_terms.txt")


@cache
def ordinary_words() -> frozenset[str]:
    return _lines("ordinary_words.txt")


def _lines(name: str) -> frozenset[str]:
    return frozenset(files(__package__).joinpath(name).read_text(encoding="utf-8").split())


def meant_by(word: str) -> list[str]:
    """The terms that `word`, in small letters, is one slip of the keyboard away from."""
    return sorted({term for term in _near(word) if is_slip(word, term, _ENDING)})


def _near(word: str) -> Iterator[str]:
    starts, ends = _edges()
    for length in (len(word) - 1, len(word), len(word) + 1):
        yield from starts.get((word[:_EDGE], length), ())
        yield from ends.get((word[-_EDGE:], length), ())


@cache
def _edges() -> tuple[dict[tuple[str, int], list[str]], dict[tuple[str, int], list[str]]]:
    starts: dict[tuple[str, int], list[str]] = defaultdict(list)
    ends: dict[tuple[str, int], list[str]] = defaultdict(list)
    for term in medical_terms():
        starts[term[:_EDGE], len(term)].append(term)
        ends[term[-_EDGE:], len(term)].append(term)
    return starts, ends
