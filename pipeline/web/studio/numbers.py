"""Counts as pictures and as a table. Every segment and every column is part of one sum: the audience."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.core.delivery.audience import Progress
from pipeline.core.delivery.campaign import Mailing
from pipeline.core.delivery.lifecycle import MAILING_TERMINAL, MailingState


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a bar, in people. `kind` names its colour."""

    kind: str
    start: int
    width: int


def bar(progress: Progress) -> list[Segment]:
    """Accepted, then what is not certain, then what is on the way, then who was left out."""
    parts = {
        "accepted": progress.accepted,
        "uncertain": progress.presumed + progress.held,
        "moving": progress.on_the_way,
        "out": sum(progress.left_out_by_reason.values()),
    }
    segments, start = [], 0
    for kind, width in parts.items():
        if width:
            segments.append(Segment(kind, start, width))
        start += width
    return segments


@dataclass(frozen=True, slots=True)
class Row:
    """`audience` = `accepted` + `uncertain` + `on_the_way` + `left_out`, when `adds_up`."""

    audience: int
    accepted: int
    uncertain: int
    on_the_way: int
    left_out: int

    @property
    def adds_up(self) -> bool:
        return self.audience == self.accepted + self.uncertain + self.on_the_way + self.left_out


def row(progress: Progress) -> Row:
    return Row(
        progress.audience,
        progress.accepted,
        progress.presumed + progress.held,
        progress.on_the_way,
        sum(progress.left_out_by_reason.values()),
    )


def total(mailings: Iterable[Mailing]) -> Row:
    """The sum of all issues."""
    rows = [row(mailing.progress) for mailing in mailings]
    return Row(
        sum(r.audience for r in rows),
        sum(r.accepted for r in rows),
        sum(r.uncertain for r in rows),
        sum(r.on_the_way for r in rows),
        sum(r.left_out for r in rows),
    )


def moving(mailings: Iterable[Mailing]) -> bool:
    """Whether any count may change in the next seconds."""
    quiet = {*MAILING_TERMINAL, MailingState.SCHEDULED, MailingState.HELD_LATE}
    return any(mailing.state not in quiet for mailing in mailings)
