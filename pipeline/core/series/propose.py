"""The plan that an article suggests: one idea in each issue, in the order of the ideas."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.content.article import Article, Question, SectionKind
from pipeline.core.errors import BadInput
from pipeline.core.series.grouping import (
    LAST,
    LONG,
    Unit,
    at_sub_headings,
    even_parts,
    question_words,
    units_of,
)
from pipeline.core.series.issue import SUBJECT_LENGTH, PlannedIssue, SeriesPlan

TINY = 75  # words: too little to be an email of its own
# The title in the body may name the subject; these words also stand in the subject line and must not (C-29).
_LABEL = {
    SectionKind.INTRODUCTION: "the basics",
    SectionKind.OVERVIEW: "the basics",
    SectionKind.HELP: "when to get help",
    SectionKind.TYPES: "the types",
    SectionKind.CAUSES: "causes",
    SectionKind.SYMPTOMS: "symptoms",
    SectionKind.DIAGNOSIS: "tests",
    SectionKind.MANAGEMENT: "what happens next",
    SectionKind.PREVENTION: "prevention",
    SectionKind.QUESTIONS: "your questions",
    SectionKind.SUMMARY: "a summary",
}
_LIST_NAMES = {
    "weekly_health_email": ("Your weekly health email", "week by week"),
    "daily_health_newsletter": ("Your daily health newsletter", "day by day"),
}
_ANY_LIST = ("Your health email", "part by part")


@dataclass(frozen=True, slots=True)
class _Draft:
    """An issue before it has a number."""

    units: tuple[Unit, ...]
    questions: tuple[Question, ...] = ()

    @property
    def words(self) -> int:
        return sum(unit.words for unit in self.units) + question_words(self.questions)

    @property
    def has_faq(self) -> bool:
        return bool(self.questions)


def propose(article: Article, purpose: str) -> SeriesPlan:
    """A plan with one idea in each issue, for a person to edit. Raises BadInput for an article with nothing in it.

    The order is that of the ideas (what it is, types, causes and symptoms, diagnosis, management, questions
    with the summary) even where the page has another. An issue aims at two to four minutes: a longer one is
    divided between sections, then at a sub-heading; one under half a minute joins a neighbour. Every
    section and question is used once. Urgent advice comes first, and never in the last issue alone.
    """
    drafts = _drafts(article)
    if not drafts:
        raise BadInput(
            "The article has no sections and no questions, so there is nothing to plan.", place=article.slug
        )
    total = len(drafts)
    list_name, rhythm = _LIST_NAMES.get(purpose, _ANY_LIST)
    issues = tuple(_planned(draft, number, total, list_name) for number, draft in enumerate(drafts, start=1))
    return SeriesPlan(article.slug, f"{article.title}, {rhythm}", article.slug, purpose, issues)


def _drafts(article: Article) -> list[_Draft]:
    by_rank: dict[int, list[Unit]] = {}
    for unit in units_of(article.sections):
        by_rank.setdefault(unit.rank, []).append(unit)
    last = by_rank.pop(LAST, [])
    drafts = [draft for rank in sorted(by_rank) for draft in _divided(by_rank[rank])]
    if article.faq:
        drafts.append(_Draft(tuple(last), article.faq))  # questions are kept together, however long
    elif last:
        drafts += _divided(last)
    return _merged(_urgent_forward(_merged(drafts)))


def _urgent_forward(drafts: list[_Draft]) -> list[_Draft]:
    """Where only the last issue has sections with urgent advice, those sections move to the first."""
    if len(drafts) < 2 or any(unit.urgent for draft in drafts[:-1] for unit in draft.units):
        return drafts
    first, last = drafts[0], drafts[-1]
    late = tuple(unit for unit in last.units if unit.urgent)
    rest = _Draft(tuple(unit for unit in last.units if not unit.urgent), last.questions)
    moved = [_Draft((*first.units, *late), first.questions), *drafts[1:-1]]
    return [*moved, rest] if rest.units or rest.questions else moved


def _divided(units: list[Unit]) -> list[_Draft]:
    """One idea as one issue or, if it is too long, as several of about the same length."""
    pieces: list[Unit] = []
    for unit in units:
        pieces += at_sub_headings(unit) if unit.words > LONG else [unit]
    total = sum(piece.words for piece in pieces)
    wanted = max(1, -(-total // LONG))
    return [_Draft(tuple(part)) for part in even_parts(pieces, min(wanted, len(pieces)))]


def _merged(drafts: list[_Draft]) -> list[_Draft]:
    """Issues with too few words join the shorter of their neighbours."""
    drafts = list(drafts)
    while len(drafts) > 1:
        at = min(range(len(drafts)), key=lambda n: drafts[n].words)
        if drafts[at].words >= TINY:
            break
        beside = [n for n in (at - 1, at + 1) if 0 <= n < len(drafts)]
        left, right = sorted((at, min(beside, key=lambda n: (drafts[n].has_faq, drafts[n].words))))
        joined = (*drafts[left].units, *drafts[right].units)
        drafts[left : right + 1] = [_Draft(joined, (*drafts[left].questions, *drafts[right].questions))]
    return drafts


def _planned(draft: _Draft, number: int, total: int, list_name: str) -> PlannedIssue:
    sections = tuple(section.id for unit in draft.units for section in unit.sections)
    return PlannedIssue(
        number=number,
        title=_title(draft),
        subject=_subject(draft, number, total, list_name),
        preheader=_preheader(draft, number, total),
        sections=sections,
        questions=tuple(question.id for question in draft.questions),
    )


def _title(draft: _Draft) -> str:
    if len(draft.units) == 1 and not draft.questions:
        unit = draft.units[0]
        return f"{unit.sections[0].heading} (part {unit.part})" if unit.part else unit.sections[0].heading
    labels = _labels(draft)
    if labels:
        return _sentence_case(_joined(labels))
    return draft.units[0].sections[0].heading


def _subject(draft: _Draft, number: int, total: int, list_name: str) -> str:
    """The list, the place in the series and a neutral word, as many of them as fit."""
    start = f"{list_name}, {number} of {total}"
    labels = _labels(draft)
    for wanted in range(len(labels), 0, -1):
        subject = f"{start}: {_joined(labels[:wanted])}"
        if len(subject) <= SUBJECT_LENGTH:
            return subject
    return start


def _preheader(draft: _Draft, number: int, total: int) -> str:
    """Neutral too: a lock screen shows it beside the subject."""
    labels = _labels(draft)
    return f"Part {number} of {total}: {_joined(labels)}." if labels else f"Part {number} of {total}."


def _labels(draft: _Draft) -> list[str]:
    kinds = [SectionKind.QUESTIONS] if draft.questions else []
    kinds += [unit.kind for unit in draft.units]
    return list(dict.fromkeys(_LABEL[kind] for kind in kinds if kind in _LABEL))


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
