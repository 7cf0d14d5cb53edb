"""Marks that stand side by side made one, and the brackets around them taken away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.core.content.article import Cite, Inline, Inlines, Run
from pipeline.core.content.importers.citing.unlisted import is_unlisted
from pipeline.core.content.inlines import tidy

_COMMA = re.compile(r"\s*[,;]\s*|\]\s?,?\s?\[|\)\s?,?\s?\(")
_RANGE = re.compile(r"\s*[–—-]\s*")
_LONGEST_RANGE = 60


def together(parts: Iterable[Inline], numbers: Mapping[str, int]) -> Inlines:
    """Tidy text, in which `[` mark `,` mark `]` has become one mark, and mark `–` mark a range. `numbers` has the
    number of each reference by its id, in their order."""
    text = tidy(parts)
    if not any(isinstance(part, Cite) for part in text):
        return text
    out: list[Inline] = []
    for part in text:
        if isinstance(part, Cite):
            _add(out, part, numbers)
        else:
            out.append(part)
    return tidy(_without_brackets(out))


def _add(out: list[Inline], mark: Cite, numbers: Mapping[str, int]) -> None:
    """Joins a mark to the one before it where only a comma, a dash or nothing stands between them."""
    between = out[-1] if len(out) > 1 and isinstance(out[-1], Run) else None
    last = out[-2] if between is not None else out[-1] if out else None
    if not isinstance(last, Cite) or is_unlisted(mark) or is_unlisted(last):
        out.append(mark)
    elif between is None:
        out[-1] = _both(last, mark)
    elif _COMMA.fullmatch(between.text) or not between.text.strip():
        out[-2:] = [_both(last, mark)]
    elif _RANGE.fullmatch(between.text) and (inner := _between(last, mark, numbers)) is not None:
        out[-2:] = [_both(last, Cite(inner), mark)]
    else:
        out.append(mark)


def _between(left: Cite, right: Cite, numbers: Mapping[str, int]) -> tuple[str, ...] | None:
    """The references after the last of `left` and before the first of `right`, if those are near each other in the
    list; None where the words between the two are a dash."""
    first, last = numbers.get(left.refs[-1]), numbers.get(right.refs[0])
    if first is None or last is None or not 0 < last - first < _LONGEST_RANGE:
        return None
    return tuple(ref for ref, number in numbers.items() if first < number < last)


def _both(*marks: Cite) -> Cite:
    return Cite(tuple(dict.fromkeys(ref for mark in marks for ref in mark.refs)))


def _without_brackets(parts: Sequence[Inline]) -> list[Inline]:
    out = list(parts)
    for at in range(1, len(out) - 1):
        before, mark, after = out[at - 1], out[at], out[at + 1]
        if not isinstance(mark, Cite) or not isinstance(before, Run) or not isinstance(after, Run):
            continue
        for left, right in ("[]", "()"):
            if before.text.endswith(left) and after.text.startswith(right):
                out[at - 1] = replace(before, text=before.text[:-1])
                out[at + 1] = replace(after, text=after.text[1:])
                break
    return out
