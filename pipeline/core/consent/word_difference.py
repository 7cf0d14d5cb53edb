"""Two texts compared word by word, for a page that shows them side by side."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class Change(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stand together. `change` is against the other text."""

    change: Change
    words: str


LEAST = 3  # words that count as the same: two texts always share an "of" somewhere


def word_difference(old: str, new: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Both texts in runs: the old one with what is gone, the new one with what is new. White space does not count."""
    left, right = old.split(), new.split()
    if left == right:
        same = (Run(Change.SAME, " ".join(left)),)
        return same, same
    matched = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    kept = [(i, k, size) for i, k, size in matched if size >= LEAST]
    return (
        _runs(left, [(i, size) for i, _, size in kept], Change.GONE),
        _runs(right, [(k, size) for _, k, size in kept], Change.NEW),
    )


def _runs(words: list[str], kept: list[tuple[int, int]], otherwise: Change) -> tuple[Run, ...]:
    runs, at = [], 0
    for start, size in [*kept, (len(words), 0)]:
        if at < start:
            runs.append(Run(otherwise, " ".join(words[at:start])))
        if size:
            runs.append(Run(Change.SAME, " ".join(words[start : start + size])))
        at = start + size
    return tuple(runs)
