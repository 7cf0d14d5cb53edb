"""A plan brought up to its article after an edit.

What an editor decided stays: which parts stand in which issue, titles, subjects. A section under a new name is known by
its blocks. What has gone out keeps its number and is given nothing new: new words for it are a correction or an extra
issue, and the plan says so instead of slipping them in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.core.content.article import Article, Question
from pipeline.core.errors import Refused
from pipeline.core.series.changes import Change, changes_between
from pipeline.core.series.fingerprints import Renamed, cuts_now, made_from, renamed
from pipeline.core.series.grouping import in_order, question_words, room_for, section_words, unit_of
from pipeline.core.series.issue import PlannedIssue, Rhythm, SeriesPlan
from pipeline.core.series.page_order import keeps_page_order
from pipeline.core.series.parts import parts_named, split_name
from pipeline.core.series.wording import Told, one_issue_words


@dataclass(frozen=True, slots=True)
class Replan:
    """`plan` fits the article. `origins` holds, for each of its issues, the number it had, or None for a new one.
    `changes` is empty where plan and article fitted each other already."""

    plan: SeriesPlan
    origins: tuple[int | None, ...]
    changes: tuple[Change, ...]


@dataclass(slots=True)
class _Slot:
    """An issue while it is being filled. `origin` is the number that it had."""

    origin: int | None
    planned: PlannedIssue | None
    sections: list[str]
    questions: list[str]
    sent: bool = False

    @property
    def empty(self) -> bool:
        return not self.sections and not self.questions


def replan(plan: SeriesPlan, article: Article, gone_out: Iterable[int] = ()) -> Replan:
    """`plan` for `article` as it is now. `gone_out` holds the numbers of issues that somebody has received.

    Raises Refused where an issue that must keep its number would have nothing left to tell.
    """
    gone = frozenset(gone_out)
    names = renamed(plan, article)
    cuts = cuts_now(plan, article, names)
    slots = [_kept(issue, names, cuts, issue.number in gone) for issue in plan.issues]
    _place_new(slots, plan, article, names, cuts, fixed=max(gone, default=0))
    slots = _without_empty(slots, fixed=max(gone, default=0))
    issues = tuple(_issue(slot, number, slots, plan, article) for number, slot in enumerate(slots, start=1))
    left_out = tuple(
        replace(left, name=now)
        for left in plan.left_out
        if (now := (names.questions if left.question else cuts).get(left.name)) is not None
    )
    new = made_from(replace(plan, issues=issues, left_out=left_out), article)
    origins = tuple(slot.origin for slot in slots)
    return Replan(new, origins, changes_between(plan, new, origins, gone, names, cuts))


def _kept(issue: PlannedIssue, names: Renamed, cuts: Mapping[str, str | None], sent: bool) -> _Slot:
    sections = [now for name in issue.sections if (now := cuts.get(name)) is not None]
    questions = [now for name in issue.questions if (now := names.questions.get(name)) is not None]
    return _Slot(issue.number, issue, sections, questions, sent)


def _without_empty(slots: Sequence[_Slot], fixed: int) -> list[_Slot]:
    for slot in slots:
        if slot.empty and slot.origin is not None and slot.origin <= fixed:
            raise Refused(
                f"Issue {slot.origin} has nothing left to tell, and it keeps its number, since issues up to {fixed}"
                " have gone out. Put its sections back into the article, or make a new series under another slug."
            )
    kept = [slot for slot in slots if not slot.empty]
    if not kept:
        raise Refused("Nothing of this series is left in the article. Move its file away, and plan it anew.")
    return kept


def _place_new(
    slots: list[_Slot],
    plan: SeriesPlan,
    article: Article,
    names: Renamed,
    cuts: Mapping[str, str | None],
    fixed: int,
) -> None:
    """Give what the plan does not know to the unsent issue that its neighbours are in, or to an extra issue."""
    room = room_for(article, plan.rhythm)
    order = {
        section.id: (at, unit.rank) for at, unit in enumerate(in_order(article)) for section in unit.sections
    }  # in the order of the ideas: which section is of which
    put_aside = {split_name(now)[0] for left in plan.left_out if (now := cuts.get(left.name)) is not None}
    # What the plan was made from and does not tell, an editor took out: the review says so.
    taken_out = {split_name(entry.name)[0] for entry in plan.made_from if not entry.question}
    placed = {split_name(name)[0] for slot in slots for name in slot.sections} | put_aside | taken_out
    for section_id in order:
        if section_id in placed:
            continue
        host = _host(slots, order, section_id, article, room, fixed)
        _insert(host, section_id, list(order))
        placed.add(section_id)
    asked = {entry for slot in slots for entry in slot.questions}
    asked |= {names.questions.get(left.name, "") or "" for left in plan.left_out if left.question}
    asked |= {entry.name for entry in plan.made_from if entry.question}
    for at, entry in enumerate(article.faq):
        if entry.id not in asked:
            before = next((q.id for q in reversed(article.faq[:at])), None)
            _question_host(slots, entry, before, article, room, plan.rhythm, fixed).questions.append(entry.id)


def _host(
    slots: list[_Slot],
    order: Mapping[str, tuple[int, int]],
    section_id: str,
    article: Article,
    room: int,
    fixed: int,
) -> _Slot:
    """Where a new section goes: with the one before it or the one after it, whichever is of the same idea, has not gone
    out and has room; else into an issue of its own."""
    names = list(order)
    at = names.index(section_id)
    beside = [
        next(((name, slot) for name in run if (slot := _holding(slots, name))), None)
        for run in (names[:at][::-1], names[at + 1 :])
    ]
    known = [entry for entry in beside if entry]
    known.sort(key=lambda entry: [a != b for a, b in zip(order[entry[0]], order[section_id], strict=True)])
    words = _words_of(article, section_id)
    for _, slot in known:
        if not slot.sent and _words(slot, article) + words <= room:
            return slot
    before = beside[0][1] if beside[0] else None
    extra = _Slot(None, None, [], [])
    place = slots.index(before) + 1 if before else 0
    slots.insert(max(place, _first_free(slots, fixed)), extra)
    return extra


def _question_host(
    slots: list[_Slot],
    entry: Question,
    before: str | None,
    article: Article,
    room: int,
    rhythm: Rhythm,
    fixed: int,
) -> _Slot:
    beside = next((slot for slot in slots if before in slot.questions), None)
    others = [slot for slot in slots if slot.questions]
    fits = [
        slot
        for slot in ([beside] if beside else []) + others[::-1]
        if not slot.sent and _words(slot, article) + question_words([entry]) <= room
    ]
    if fits and rhythm is Rhythm.WEEKLY:
        return fits[0]
    extra = _Slot(None, None, [], [])
    host = beside or (others[-1] if others else None)
    place = slots.index(host) + 1 if host else len(slots)
    slots.insert(max(place, _first_free(slots, fixed)), extra)
    return extra


def _first_free(slots: Sequence[_Slot], fixed: int) -> int:
    """The first place behind all that must keep its number."""
    return max(
        (at + 1 for at, s in enumerate(slots) if s.origin is not None and s.origin <= fixed), default=0
    )


def _holding(slots: Sequence[_Slot], section_id: str) -> _Slot | None:
    """The issue in which a section ends."""
    return next(
        (
            slot
            for slot in reversed(slots)
            if any(split_name(name)[0] == section_id for name in slot.sections)
        ),
        None,
    )


def _insert(slot: _Slot, section_id: str, order: Sequence[str]) -> None:
    """Put a section behind the last of those that come before it."""
    rank = {name: at for at, name in enumerate(order)}
    behind = [
        at for at, name in enumerate(slot.sections) if rank.get(split_name(name)[0], -1) < rank[section_id]
    ]
    slot.sections.insert(behind[-1] + 1 if behind else 0, section_id)


def _words(slot: _Slot, article: Article) -> int:
    sections = {split_name(name)[0] for name in slot.sections}
    return sum(section_words(s) for s in article.sections if s.id in sections) + question_words(
        q for q in article.faq if q.id in slot.questions
    )


def _words_of(article: Article, section_id: str) -> int:
    section = article.section(section_id)
    return section_words(section) if section else 0


def _issue(
    slot: _Slot, number: int, slots: Sequence[_Slot], plan: SeriesPlan, article: Article
) -> PlannedIssue:
    sections, questions = tuple(slot.sections), tuple(slot.questions)
    if slot.planned is None:
        words = one_issue_words(
            article, plan.purpose, plan.rhythm, plan.subjects, _told(article, slot), number, len(slots)
        )
        return PlannedIssue(number, words.title, words.subject, words.preheader, sections, questions)
    subject, preheader = slot.planned.subject, slot.planned.preheader
    if not slot.sent:
        was = slot.planned.number, len(plan.issues)
        subject, preheader = (_counted(text, *was, number, len(slots)) for text in (subject, preheader))
    return PlannedIssue(number, slot.planned.title, subject, preheader, sections, questions)


def _counted(text: str, number: int, total: int, now: int, of_now: int) -> str:
    """A subject's "2 of 6", if it has one, for where the issue stands now."""
    return re.sub(rf"\b{number} of {total}\b", f"{now} of {of_now}", text)


def _told(article: Article, slot: _Slot) -> Told:
    parts = parts_named(article, slot.sections)
    units = tuple(unit_of([parts[name]], 0, article.language) for name in slot.sections)
    questions = tuple(q for q in article.faq if q.id in slot.questions)
    return Told(units, questions, keeps_page_order(article))
