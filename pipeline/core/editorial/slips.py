"""Whether one word is another with a slip of the keyboard in it."""

from __future__ import annotations

_ENDING = 3  # letters at the end that inflection changes: diagnosis, diagnoses, diagnosed

_OPPOSITES = (("macro", "micro"), ("hyper", "hypo"), ("inter", "intra"), ("ante", "anti"))


def shortened(word: str) -> set[str]:
    """The word itself, and the word without each of its letters: two words one slip apart share one of these."""
    return {word} | {word[:n] + word[n + 1 :] for n in range(len(word))}


def is_slip(word: str, other: str, ending: int = _ENDING) -> bool:
    """Whether one changed, lost, added or swapped letter makes `word` of `other`, and not an inflection.

    A difference within the last `ending` letters is taken for one.
    """
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
    if min(len(left), len(right)) < ending + 1 or (added and start == 0):
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
