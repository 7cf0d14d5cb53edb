"""Show what was heard, and what was laid aside."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.errors import NotFound
from pipeline.store import feedback


@dataclass(frozen=True, slots=True)
class Reports:
    """The newest of both."""

    events: list[feedback.KeptEvent]
    laid_aside: list[feedback.LaidAside]


def list_reports(limit: int) -> Reports:
    """The newest `limit` of each."""
    return Reports(feedback.events(limit), feedback.laid_aside(limit))


def show_report(number: int) -> bytes:
    """The first octets of a report that was laid aside. Raises NotFound."""
    raw = feedback.raw_report(number)
    if raw is None:
        raise NotFound(
            f"No report has the number {number}. `rounds reports list` shows those that were laid aside."
        )
    return raw
