"""Warming up: a new sending address may send a little more each day, and no more than that (P-08)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class WarmUp:
    """`caps[0]` messages on the day `start`, `caps[1]` on the next, and no limit once the plan is over.

    Days are those of UTC. Before its start the plan allows what its first day does, so that a slip with the date
    lets nothing flood out.
    """

    start: date
    caps: tuple[int, ...]

    def cap(self, today: date) -> int | None:
        """How many may leave on `today`; None for no limit."""
        day = max(0, (today - self.start).days)
        return self.caps[day] if day < len(self.caps) else None

    @property
    def ends(self) -> date:
        """The first day without a limit."""
        return self.start + timedelta(days=len(self.caps))


_FORM = "Write a first day and what each day may send, such as 2026-12-01: 50, 100, 500, 1000."


def parse_plans(text: str) -> Mapping[str, WarmUp]:
    """Plans by the name of their route; the name is empty for all routes that are not named.

    `2026-12-01: 50, 100, 500`, or several lines or `;` with `relay2 2026-12-01: 50, 100`. A file may also give a day
    a line, `2026-12-01 50`, days in a row. `#` begins a remark. Raises BadInput with the line.
    """
    plans: dict[str, WarmUp] = {}
    days: dict[str, dict[date, int]] = {}
    for number, line in enumerate(re.split(r"[\n;]", text), start=1):
        said = line.partition("#")[0].strip()
        if said:
            _read(said, number, plans, days)
    for name, caps in days.items():
        if name in plans:
            raise BadInput(f"The route {name or 'of all'} has two plans. Keep one.")
        plans[name] = _in_a_row(caps)
    return plans


def _read(said: str, number: int, plans: dict[str, WarmUp], days: dict[str, dict[date, int]]) -> None:
    head, colon, tail = said.partition(":")
    words = head.split()
    if colon:
        name, day = (words[0].lower(), words[1]) if len(words) == 2 else ("", head.strip())
        if name in plans:
            raise BadInput(f"Line {number}: a second plan for {name or 'all routes'}. Keep one.")
        caps = tuple(_count(word, number) for word in tail.replace(",", " ").split())
        if not caps:
            raise BadInput(f"Line {number} names no numbers. {_FORM}")
        plans[name] = WarmUp(_day(day, number), caps)
        return
    if len(words) not in (2, 3):
        raise BadInput(f"Line {number} is not a plan. {_FORM}")
    name = words[0].lower() if len(words) == 3 else ""
    day_caps = days.setdefault(name, {})
    found = _day(words[-2], number)
    if found in day_caps:
        raise BadInput(f"Line {number}: {found} stands there twice. Keep one.")
    day_caps[found] = _count(words[-1], number)


def _in_a_row(caps: Mapping[date, int]) -> WarmUp:
    ordered = sorted(caps)
    if (ordered[-1] - ordered[0]).days != len(ordered) - 1:
        raise BadInput(f"The plan from {ordered[0]} leaves days out. Give every day up to {ordered[-1]}.")
    return WarmUp(ordered[0], tuple(caps[day] for day in ordered))


def _day(word: str, number: int) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise BadInput(f"Line {number}: {word!r} is not a day. {_FORM}") from None


def _count(word: str, number: int) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", word):
        raise BadInput(f"Line {number}: {word!r} is not a number of messages. {_FORM}")
    return int(word)


def next_day(now: datetime) -> datetime:
    """When the next day of a plan begins, in UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
