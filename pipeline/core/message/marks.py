"""Citation marks: which number a reference has in an issue, and where its mark stands (E-22, E-23)."""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.content.article import Cite, Inline, Inlines, Run
from pipeline.core.errors import BadInput
from pipeline.core.series.issue import IssueContent

# What may follow a mark in the source and stands before it in a letter.
STOPS = (*".,;:?!", *"。、，．；：？！", *"،؛؟۔")


class Numbering:
    """From a reference id to its number in one issue. A reference that it does not list is BadInput."""

    def __init__(self, content: IssueContent) -> None:
        self._numbers = {entry.id: entry.number for entry in content.references}
        self._place = f"{content.series_slug}, issue {content.number}"

    def __call__(self, ref: str) -> int:
        if ref not in self._numbers:
            raise BadInput(
                f"The reference {ref!r} is cited and not listed. Plan the issue again.", place=self._place
            )
        return self._numbers[ref]

    def of(self, mark: Cite) -> list[tuple[int, str]]:
        """(number, reference id) for each reference of a mark, in the order of the numbers."""
        return sorted((self(ref), ref) for ref in mark.refs)


def settled(parts: Inlines) -> Inlines:
    """The same words with each mark close behind them and behind the stop that follows: `tissue.[1]`, `so,[1][2]`."""
    out: list[Inline] = []
    for part in parts:
        if isinstance(part, Cite):
            _close_up(out)
        elif out and isinstance(out[-1], Cite) and part.text.startswith(STOPS):
            out.insert(_before_marks(out), replace(part, text=part.text[0]))
            part = replace(part, text=part.text[1:])
        if isinstance(part, Cite) or part.text:
            out.append(part)
    return tuple(out)


def _before_marks(out: list[Inline]) -> int:
    """Where in `out` the marks at its end begin."""
    at = len(out)
    while at and isinstance(out[at - 1], Cite):
        at -= 1
    return at


def _close_up(out: list[Inline]) -> None:
    """Take the spaces off the words that a mark follows: each part of the letter sets its own."""
    if out and isinstance(out[-1], Run):
        words = replace(out[-1], text=out[-1].text.rstrip())
        out[-1:] = [words] if words.text else []
