"""What stays together, how long it is, and where it may be divided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.core.content.article import Question, Section, SectionKind
from pipeline.core.content.words import word_count
from pipeline.core.series.advice import says_urgent

LONG = 800  # words: four minutes, the most that one issue should ask
RANK = {
    SectionKind.INTRODUCTION: 0,
    SectionKind.OVERVIEW: 0,
    SectionKind.HELP: 0,  # urgent advice goes first, wherever the page has it
    SectionKind.TYPES: 1,
    SectionKind.CAUSES: 2,
    SectionKind.SYMPTOMS: 2,
    SectionKind.DIAGNOSIS: 3,
    SectionKind.MANAGEMENT: 4,
    SectionKind.PREVENTION: 4,
    SectionKind.QUESTIONS: 5,
    SectionKind.SUMMARY: 5,
}
LAST = 5


@dataclass(frozen=True, slots=True)
class Unit:
    """What stays together: a section with the deeper ones below it, or, where that is too long, a part of it."""

    sections: tuple[Section, ...]
    rank: int
    part: int = 0  # from 1 where a long section was divided

    @property
    def words(self) -> int:
        return sum(section_words(section) for section in self.sections)

    @property
    def kind(self) -> SectionKind:
        return self.sections[0].kind

    @property
    def urgent(self) -> bool:
        return any(says_urgent(section) for section in self.sections)


def units_of(sections: tuple[Section, ...]) -> Iterator[Unit]:
    """Each section of the page's top levels with its sub-headings. `other` stays with the idea before it."""
    rank = 0
    group: list[Section] = []
    for section in sections:
        if group and section.level > 2:
            group.append(section)
            continue
        if group:
            yield Unit(tuple(group), rank)
        group = [section]
        if section.kind in RANK:
            rank = RANK[section.kind]
    if group:
        yield Unit(tuple(group), rank)


def at_sub_headings(unit: Unit) -> list[Unit]:
    """A long section as parts that each begin at a sub-heading; its own opening stays with the first of them."""
    cuts = [at for at, section in enumerate(unit.sections) if at > 1 and section.level <= 3]
    bounds = list(zip([0, *cuts], [*cuts, len(unit.sections)], strict=True))
    atoms = [Unit(unit.sections[start:end], unit.rank) for start, end in bounds]
    parts = even_parts(atoms, min(len(atoms), -(-unit.words // LONG)))
    if len(parts) == 1:
        return [unit]
    joined = [tuple(section for atom in part for section in atom.sections) for part in parts]
    return [Unit(sections, unit.rank, number) for number, sections in enumerate(joined, start=1)]


def even_parts(units: list[Unit], count: int) -> list[list[Unit]]:
    """`units` in order as `count` runs, none empty, so that the longest run is as short as can be."""
    sums = [0]
    for unit in units:
        sums.append(sums[-1] + unit.words)
    best: dict[tuple[int, int], tuple[int, list[int]]] = {(0, 0): (0, [])}
    for parts in range(1, count + 1):
        for end in range(parts, len(units) + 1):
            best[parts, end] = min(
                (max(best[parts - 1, start][0], sums[end] - sums[start]), [*best[parts - 1, start][1], end])
                for start in range(parts - 1, end)
                if (parts - 1, start) in best
            )
    ends = best[count, len(units)][1]
    return [units[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def section_words(section: Section) -> int:
    return len(section.heading.split()) + word_count(section.blocks)


def question_words(questions: Iterable[Question]) -> int:
    return sum(len(entry.question.split()) + word_count(entry.answer) for entry in questions)
