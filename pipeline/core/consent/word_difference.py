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


def word_difference(old: str, new: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Both texts in runs: the old one with what is gone, the new one with what is new. White space does not count."""
    left, right = old.split(), new.split()
    matched = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    before, after = [], []
    for _, i, j, k, m in matched:
        same = left[i:j] == right[k:m]
        if i < j:
            before.append(Run(Change.SAME if same else Change.GONE, " ".join(left[i:j])))
        if k < m:
            after.append(Run(Change.SAME if same else Change.NEW, " ".join(right[k:m])))
    return tuple(before), tuple(after)
