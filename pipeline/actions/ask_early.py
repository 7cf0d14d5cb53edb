"""Ask for yeses again before the usual month: first whom it would touch, then asking them (C-09)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.core.consent.renewal import Duty
from pipeline.core.errors import Refused
from pipeline.store import consent, renewals, standing


@dataclass(frozen=True, slots=True)
class OfList:
    """`due`: how many people the next walk along the list does something for, by what it is."""

    purpose: str
    title: str
    due: dict[Duty, int]

    @property
    def asked(self) -> int:
        """Those who are asked since their yes ends."""
        return self.due.get(Duty.RECONFIRM, 0)

    def counted(self, duty: str) -> int:
        """Of the duty of this name."""
        return self.due.get(Duty(duty), 0)


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom it touches to ask for every yes that ends by `until`. Whoever was asked, or said no, is not in it."""

    until: datetime
    lists: tuple[OfList, ...]

    @property
    def people(self) -> int:
        """Letters that it sends. Who has two lists gets one for each."""
        return sum(one.asked for one in self.lists)


def preview_asking(within: timedelta, now: datetime) -> Asking:
    """Reads only."""
    until = now + within
    titles = consent.list_titles(consent.purpose_ids())
    return Asking(until, tuple(OfList(name, titles[name], _due(name, now, until)) for name in titles))


def ask_early(within: timedelta, now: datetime, *, people: int) -> Asking:
    """Have the scheduler ask everybody of the preview, each once, a few hundred at each of its rounds.

    `people` is what the preview said. Raises Refused where it would be more of them now: somebody agreed to fewer.
    """
    asking = preview_asking(within, now)
    if asking.people > people:
        raise Refused(f"It would be {asking.people} people by now, and {people} were shown. Look again.")
    for one in asking.lists:
        if one.asked:
            renewals.ask_until(one.purpose, asking.until)
    return asking


def _due(purpose: str, now: datetime, until: datetime) -> dict[Duty, int]:
    found = renewals.count_due(purpose, now, standing.reworded(purpose, now), until)
    if (
        consent.current_notice(purpose, now.date()) is None
    ):  # nobody can say yes to it: its yeses end, and no more
        return {duty: count for duty, count in found.items() if duty is Duty.EXPIRE}
    return found
