"""The tidy form of text: one way to write each thing, so that equal text is equal data.

Tidy text has single spaces, none at either end, no two neighbouring runs of one style, and no space at the edge of a
styled run. Every reader answers tidy text; the writer tidies before it writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from pipeline.core.content.article import Cite, Inline, Inlines, Run

_SPACES = re.compile("[ \t\r\n\u2028\u2029]+")


def tidy_text(text: str) -> str:
    """One line, single spaces, none at the ends. A no-break space inside stays, since somebody meant it."""
    return _SPACES.sub(" ", text).strip()


def tidy(inlines: Iterable[Inline]) -> Inlines:
    out: list[Inline] = []
    for style, group in groupby(_spaces_outside(inlines), key=_style):
        if style is None:
            out.extend(group)
            continue
        runs = [part for part in group if isinstance(part, Run)]
        words = _SPACES.sub(" ", "".join(run.text for run in runs))
        out.append(Run(words, *style))
    return _trimmed(out)


def _style(part: Inline) -> tuple[bool, bool, str | None] | None:
    return (part.strong, part.emphasis, part.href) if isinstance(part, Run) else None


def _spaces_outside(inlines: Iterable[Inline]) -> Iterator[Inline]:
    """Runs without the empty ones, with the spaces at the edges of styled ones as plain runs beside them."""
    for part in inlines:
        if isinstance(part, Cite):
            if part.refs:
                yield part
            continue
        text = _SPACES.sub(" ", part.text)
        if not (part.strong or part.emphasis or part.href):
            if text:
                yield Run(text)
            continue
        inner = text.strip()
        before = text[: len(text) - len(text.lstrip())]
        after = text[len(text.rstrip()) :] if inner else ""
        if before:
            yield Run(before)
        if inner:
            yield Run(inner, part.strong, part.emphasis, part.href)
        if after:
            yield Run(after)


def _trimmed(parts: list[Inline]) -> Inlines:
    if parts and isinstance(first := parts[0], Run):
        parts[0] = replace(first, text=first.text.lstrip())
    if parts and isinstance(last := parts[-1], Run):
        parts[-1] = replace(last, text=last.text.rstrip())
    return tuple(part for part in parts if isinstance(part, Cite) or part.text)
