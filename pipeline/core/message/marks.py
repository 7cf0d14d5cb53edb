"""Citation marks: which number a reference has in an issue, and where its mark stands (E-22, E-23)."""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.content.article import Cite, Inline, Inlines, Run
from pipeline.core.errors import BadInput
from pipeline.core.series.issue import IssueContent

STOPS = (".", ",", ";", ":", "?", "!")


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


def settled(parts: Inlines) -> Inlines:
    """The same words with each mark behind the stop that follows it: `tissue.[1]` and never `tissue[1].`."""
    out: list[Inline] = []
    for part in parts:
        if isinstance(part, Run) and out and isinstance(out[-1], Cite) and part.text.startswith(STOPS):
            out.insert(-1, replace(part, text=part.text[0]))
            part = replace(part, text=part.text[1:])
        if isinstance(part, Cite) or part.text:
            out.append(part)
    return tuple(out)
