"""The plan that an article suggests: one idea in each issue, in the order of the ideas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from pipeline.core.content.article import Article, Question, Section
from pipeline.core.content.words import word_count
from pipeline.core.errors import BadInput
from pipeline.core.series.advice import repeated, where_to_get_help
from pipeline.core.series.fingerprints import made_from
from pipeline.core.series.grouping import (
    LAST,
    PACES,
    Pace,
    Unit,
    divided,
    even_runs,
    in_order,
    joined,
    question_words,
    room_for,
)
from pipeline.core.series.issue import PlannedIssue, Rhythm, SeriesPlan, Subjects, usual_rhythm
from pipeline.core.series.page_order import keeps_page_order
from pipeline.core.series.wording import Told, issue_words, series_title

MOST_IDEAS = 2  # in one issue, where each is too short to stand alone


@dataclass(frozen=True)
class _Draft:
    """An issue before it has a number. It is weighed often, and counted once."""

    units: tuple[Unit, ...]
    questions: tuple[Question, ...] = ()

    @cached_property
    def words(self) -> int:
        return sum(unit.words for unit in self.units) + question_words(self.questions)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return tuple(part.as_section() for unit in self.units for part in unit.parts)


def propose(
    article: Article,
    purpose: str,
    *,
    rhythm: Rhythm | None = None,
    subjects: Subjects = Subjects.DISCREET,
) -> SeriesPlan:
    """A plan with one idea in each issue, for a person to edit. Raises BadInput for an article with nothing in it.

    The order is that of the ideas (what it is, types, causes and symptoms, diagnosis, management, questions
    with the summary) even where the page has another; a how-to keeps the order of its steps. A weekly issue aims
    at two to four minutes, the daily letter at 30 to 90 seconds. A longer one is divided between sections, then
    at a sub-heading, then between blocks that do not hold together; a shorter one joins a neighbour. Every
    block is used once (E-14). Without `rhythm` it is that of the list.
    """
    rhythm = rhythm or usual_rhythm(purpose)
    drafts = _Planner(article, rhythm).drafts()
    if not drafts:
        raise BadInput(
            "The article has no sections and no questions, so there is nothing to plan.", place=article.slug
        )
    how_to = keeps_page_order(article)
    told = [Told(draft.units, draft.questions, how_to) for draft in drafts]
    issues = tuple(
        PlannedIssue(
            number=words.number,
            title=words.title,
            subject=words.subject,
            preheader=words.preheader,
            sections=tuple(part.name for part in joined(draft.units).parts) if draft.units else (),
            questions=tuple(question.id for question in draft.questions),
        )
        for draft, words in zip(drafts, issue_words(article, purpose, rhythm, subjects, told), strict=True)
    )
    # One article may make a weekly series and daily letters: two files, two slugs.
    slug = f"{article.slug}-daily" if rhythm is Rhythm.DAILY else article.slug
    plan = SeriesPlan(
        slug, series_title(article.title, rhythm), article.slug, purpose, issues, rhythm, subjects
    )
    return made_from(plan, article)


class _Planner:
    """How one article is parted at one pace."""

    def __init__(self, article: Article, rhythm: Rhythm) -> None:
        self.article = article
        self.daily = rhythm is Rhythm.DAILY
        self.pace: Pace = PACES[rhythm]
        self.help = where_to_get_help(article)
        self.lengths: dict[tuple[int, bool], tuple[_Draft, int]] = {}  # by identity, with what keeps it alive
        self.room = room_for(article, rhythm)

    def drafts(self) -> list[_Draft]:
        as_the_page = keeps_page_order(self.article)
        units = in_order(self.article)
        ideas = [list(idea) for _, idea in groupby(units, key=lambda unit: unit.rank)]
        last = ideas.pop() if ideas and self.article.faq and ideas[-1][0].rank == LAST else []
        drafts = [draft for idea in ideas for draft in self._idea(idea)]
        drafts += self._questions(last) if self.article.faq else []
        drafts = self._merged(drafts)
        if as_the_page:
            return drafts if self.daily else self._paired(drafts)
        return self._merged(_urgent_forward(drafts))

    def _paired(self, drafts: list[_Draft]) -> list[_Draft]:
        """Two neighbouring letters of a how-to that are short but for the advice they repeat, as one."""
        paired: list[_Draft] = []
        for draft in drafts:
            last = paired[-1] if paired else None
            if last is not None and self._is_pair(last, draft):
                paired[-1] = _Draft((*last.units, *draft.units))
            else:
                paired.append(draft)
        return paired

    def _is_pair(self, one: _Draft, other: _Draft) -> bool:
        alone = not one.questions and not other.questions and len(one.units) == len(other.units) == 1
        short = max(one.words, other.words) < self.pace.least and one.words + other.words <= self.room
        return alone and short

    def _idea(self, units: list[Unit]) -> Iterator[_Draft]:
        """One idea as one issue or, if it is too long, as several of about the same length; in the daily letter, each
        of its sections by itself."""
        for shared in [[unit] for unit in units] if self.daily else [units]:
            room = self.pace.most if any(unit.urgent for unit in shared) else self.room
            pieces = [
                (unit, piece) for unit in shared for piece in divided(unit, room, self.article.language)
            ]
            for start, end in even_runs([piece.words for _, piece in pieces], room):
                yield _Draft(tuple(_together(pieces[start:end])))

    def _questions(self, last: list[Unit]) -> list[_Draft]:
        """The questions in one issue with the summary; too many for that, in several, and the summary after them. In
        the daily letter, one a day."""
        faq = self.article.faq
        closing = list(self._idea(last)) if last else []
        if self.daily:
            return [*(_Draft((), (question,)) for question in faq), *closing]
        whole = _Draft(tuple(last), faq)
        if whole.words <= self.room:
            return [whole]
        runs = even_runs([question_words([question]) for question in faq], self.room)
        return [*(_Draft((), faq[start:end]) for start, end in runs), *closing]

    def _merged(self, drafts: list[_Draft]) -> list[_Draft]:
        """Issues that ask too little join the shorter of their neighbours, if the two are not too much together."""
        drafts = list(drafts)
        lonely: set[int] = set()  # by identity: no neighbour has room for these
        while len(drafts) > 1:
            short = [
                n for n, d in enumerate(drafts) if id(d) not in lonely and self._is_short(d, first=n == 0)
            ]
            if not short:
                break
            at = min(short, key=lambda n: drafts[n].words)
            beside = [
                n for n in (at - 1, at + 1) if 0 <= n < len(drafts) and self._may_join(drafts[at], drafts[n])
            ]
            if not beside:
                lonely.add(id(drafts[at]))
                continue
            other = min(beside, key=lambda n: self._reluctance(drafts[at], drafts[n]))
            left, right = drafts[min(at, other)], drafts[max(at, other)]
            together = _Draft((*left.units, *right.units), (*left.questions, *right.questions))
            drafts[min(at, other) : max(at, other) + 1] = [together]
            lonely.clear()
        return drafts

    def _is_short(self, draft: _Draft, *, first: bool) -> bool:
        if draft.words >= self.pace.least or (self.daily and draft.questions):
            return False
        key = id(draft), first
        if key not in self.lengths:
            again = repeated(self.help, draft.sections, draft.questions, first=first)
            self.lengths[key] = draft, draft.words + word_count(again)
        return self.lengths[key][1] < self.pace.least

    def _reluctance(self, draft: _Draft, beside: _Draft) -> tuple[bool, bool, int]:
        return draft.words + beside.words > self.room, bool(beside.questions), beside.words

    def _may_join(self, draft: _Draft, beside: _Draft) -> bool:
        if self.daily and beside.questions:
            return False  # one question a day
        if draft.words < self.pace.tiny:
            return True  # better a minute too long than an email of a few words
        ideas = {unit.rank for unit in (*draft.units, *beside.units)}
        return draft.words + beside.words <= self.room and len(ideas) <= MOST_IDEAS


def _together(pieces: list[tuple[Unit, Unit]]) -> Iterator[Unit]:
    """Neighbouring pieces, each with the unit that it is of, as one piece a unit."""
    for _, run in groupby(pieces, key=lambda entry: id(entry[0])):
        units, parts = zip(*run, strict=True)
        if len(parts) == 1 and parts[0] is units[0]:
            yield parts[0]
        else:
            whole = joined(parts)
            yield joined([whole], piece=whole.words < units[0].words)


def _urgent_forward(drafts: list[_Draft]) -> list[_Draft]:
    """Where only the last issue has sections with urgent advice, those sections move to the first."""
    if len(drafts) < 2 or any(unit.urgent for draft in drafts[:-1] for unit in draft.units):
        return drafts
    first, last = drafts[0], drafts[-1]
    # A piece of a long section stays behind what it goes on from; the first issue repeats its advice.
    late = tuple(unit for unit in last.units if unit.urgent and not unit.piece)
    if not late:
        return drafts
    rest = _Draft(tuple(unit for unit in last.units if unit not in late), last.questions)
    moved = [_Draft((*first.units, *late), first.questions), *drafts[1:-1]]
    return [*moved, rest] if rest.units or rest.questions else moved
