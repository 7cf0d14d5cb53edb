"""What a new plan does otherwise than the one before it, one plain sentence for each thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.series.fingerprints import Renamed
from pipeline.core.series.issue import MadeFrom, SeriesPlan
from pipeline.core.series.parts import split_name


class What(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    MOVED = "moved"
    CORRECTION = (
        "correction"  # an issue went out with other words: a person decides what its readers are told
    )


@dataclass(frozen=True, slots=True)
class Change:
    """`noun` is section, question or issue; `name` its id, or the title of an issue. `before` and `after` are the
    numbers of the issue that it was in and is in."""

    what: What
    noun: str
    name: str
    before: int | None
    after: int | None
    says: str


def changes_between(
    old: SeriesPlan,
    new: SeriesPlan,
    origins: Sequence[int | None],
    gone_out: frozenset[int],
    names: Renamed,
    cuts: Mapping[str, str | None],
) -> tuple[Change, ...]:
    """The changes in the order of the old plan, then what is new. Without fingerprints in the old plan, changed words
    cannot be known, and are not reported."""
    told = _Telling(old, new, gone_out)
    return (
        *_issues(old, new, origins),
        *told.changes("section", cuts),
        *told.changes("question", names.questions),
    )


def _issues(old: SeriesPlan, new: SeriesPlan, origins: Sequence[int | None]) -> Iterator[Change]:
    titles = {issue.number: issue.title for issue in new.issues}
    now = {origin: number for number, origin in enumerate(origins, start=1) if origin is not None}
    for issue in old.issues:
        after = now.get(issue.number)
        if after is None:
            says = f'Issue {issue.number}, "{issue.title}", is gone: nothing of it is left in the article.'
            yield Change(What.REMOVED, "issue", issue.title, issue.number, None, says)
        elif after != issue.number:
            says = f'Issue {issue.number}, "{issue.title}", is now issue {after}.'
            yield Change(What.MOVED, "issue", issue.title, issue.number, after, says)
    for number, origin in enumerate(origins, start=1):
        if origin is None:
            says = f'Issue {number}, "{titles[number]}", is new.'
            yield Change(What.ADDED, "issue", titles[number], None, number, says)


class _Telling:
    """Two plans, and where each part stands in them."""

    def __init__(self, old: SeriesPlan, new: SeriesPlan, gone_out: frozenset[int]) -> None:
        self.gone_out = gone_out
        self.places_before = {"section": _sections(old), "question": _questions(old)}
        self.places_after = {"section": _sections(new), "question": _questions(new)}
        self.was = {("question" if e.question else "section", e.name): e for e in old.made_from}
        self.kept = {("question" if e.question else "section", e.name): e for e in new.made_from}

    def changes(self, noun: str, names: Mapping[str, str | None]) -> Iterator[Change]:
        known = set()
        for old, before in self.places_before[noun].items():
            new = names.get(old)
            known.add(new)
            if new is None:
                yield self._gone(noun, old, before)
            else:
                yield from self._same(noun, old, new, before, self.places_after[noun].get(new))
        for name, after in self.places_after[noun].items():
            if name not in known:
                heading = self._heading(noun, name)
                says = f'The {noun} "{heading}" is new, and stands in issue {after}.'
                yield Change(What.ADDED, noun, name, None, after, says)

    def _gone(self, noun: str, old: str, before: int) -> Change:
        says = f'The {noun} "{self._heading(noun, old)}" is gone from the article.'
        if split_name(old)[1]:
            says = (
                f'Nothing is left of "{self._heading(noun, old)}" from the words "{split_name(old)[1]}" on.'
            )
        if before in self.gone_out:
            says += f" Issue {before} went out with it: say under a correction what its readers should know."
            return Change(What.CORRECTION, noun, old, before, None, says)
        return Change(What.REMOVED, noun, old, before, None, f"{says} It was in issue {before}.")

    def _same(self, noun: str, old: str, new: str, before: int, after: int | None) -> Iterator[Change]:
        was, now = self.was.get((noun, old)), self.kept.get((noun, new))
        if old != new or (was and now and was.heading != now.heading):
            called = was.heading if was else old
            if split_name(new)[1] and split_name(old)[0] == split_name(new)[0]:
                says = f'The part of "{called}" in issue {after} now begins with other words: "{new}".'
            else:
                says = f'The {noun} "{called}" is now called "{self._heading(noun, new)}", in issue {after}.'
            yield Change(What.RENAMED, noun, new, before, after, says)
        if was and now and was.blocks != now.blocks:
            yield self._changed(noun, new, before, after, was, now)

    def _changed(
        self, noun: str, name: str, before: int, after: int | None, was: MadeFrom, now: MadeFrom
    ) -> Change:
        what = f'the {noun} "{now.heading}"'
        if before in self.gone_out:
            says = (
                f"Issue {before} went out with other words of {what}. Correct it for those who had it,"
                " or tell the new words in an extra issue."
            )
            return Change(What.CORRECTION, noun, name, before, after, says)
        count = len(set(now.blocks) ^ set(was.blocks))
        some = "Some words" if count else "The order"
        says = f"{some} of {what} changed; issue {after} has them as they are now."
        return Change(What.CHANGED, noun, name, before, after, says)

    def _heading(self, noun: str, name: str) -> str:
        entry = self.kept.get((noun, name)) or self.was.get((noun, name))
        return entry.heading if entry else name


def _sections(plan: SeriesPlan) -> dict[str, int]:
    return {name: issue.number for issue in plan.issues for name in issue.sections}


def _questions(plan: SeriesPlan) -> dict[str, int]:
    return {name: issue.number for issue in plan.issues for name in issue.questions}
