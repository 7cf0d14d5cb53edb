"""What stays together, how long it is, and where it may be divided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from pipeline.core.content.article import Article, Listing, Question, Section, SectionKind
from pipeline.core.content.words import WORDS_A_MINUTE, word_count
from pipeline.core.series.advice import urges, where_to_get_help
from pipeline.core.series.binding import clings, held
from pipeline.core.series.issue import Rhythm
from pipeline.core.series.page_order import counted_steps, keeps_page_order
from pipeline.core.series.parts import Part, whole

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
_FEWEST_STEPS = 3  # entries of a numbered list that tell how to do a thing


@dataclass(frozen=True, slots=True)
class Pace:
    """How much one issue should ask, in words: `least` to `most`; what has less than `tiny` is no email."""

    least: int
    most: int
    tiny: int


# A weekly issue takes two to four minutes, a day's letter 30 to 90 seconds, as `reading_minutes` counts them.
PACES = {
    Rhythm.WEEKLY: Pace(WORDS_A_MINUTE + 1, 4 * WORDS_A_MINUTE, 75),
    Rhythm.DAILY: Pace(WORDS_A_MINUTE // 2, 3 * WORDS_A_MINUTE // 2, 40),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """What stays together: a section with the deeper ones below it, or, where that is too long, a part of it."""

    parts: tuple[Part, ...]
    rank: int
    words: int
    urgent: bool
    piece: bool = False  # whether the rest of it stands elsewhere

    @property
    def kind(self) -> SectionKind:
        return self.parts[0].section.kind

    @property
    def heading(self) -> str:
        return self.parts[0].section.heading

    @property
    def sections(self) -> tuple[Section, ...]:
        return tuple(part.section for part in self.parts)


def units_of(article: Article) -> Iterator[Unit]:
    """Each section of the page's top levels with its sub-headings. `other` stays with the idea before it, and so does a
    section that takes back or answers what the one before it says."""
    rank = 0
    group: list[Section] = []
    for section in article.sections:
        if group and (section.level > 2 or clings(group[-1], section, article.language)):
            group.append(section)
            continue
        if group:
            yield unit_of(map(whole, group), rank, article.language)
        group = [section]
        if section.kind in RANK:
            rank = RANK[section.kind]
    if group:
        yield unit_of(map(whole, group), rank, article.language)


def in_order(article: Article) -> list[Unit]:
    """The units in the order in which a series tells them: that of the ideas; of a how-to that of the page, but for
    what it is read for, which comes in the first issue."""
    units = list(units_of(article))
    if keeps_page_order(article):
        return _point_forward(units, article)
    return sorted(units, key=lambda unit: unit.rank)  # stable: else the order of the page


def _point_forward(units: list[Unit], article: Article) -> list[Unit]:
    """The unit with the steps goes behind the opening of the page, as far as the first issue has room for both."""
    point = next((unit for unit in units if has_steps(unit)), None)
    if point is None or _numbered(article):
        return units
    before = units[: units.index(point)]
    opening = [unit for unit in before if unit.rank == 0]
    most = PACES[Rhythm.WEEKLY].most
    while opening and sum(unit.words for unit in opening) + point.words > most:
        opening.pop()
    rest = [unit for unit in units if unit is not point and unit not in opening]
    return [*opening, replace(point, rank=0), *rest]


def has_steps(unit: Unit) -> bool:
    """Whether it tells in a numbered list how to do a thing."""
    lists = (b for part in unit.parts for b in part.blocks if isinstance(b, Listing))
    return any(listing.ordered and len(listing.items) >= _FEWEST_STEPS for listing in lists)


def _numbered(article: Article) -> bool:
    """Whether the headings are the steps, which nobody reads in another order."""
    return counted_steps(article) > 0


def divided(unit: Unit, room: int, language: str) -> list[Unit]:
    """A unit of more than `room` words as pieces that each begin at a sub-heading, its own opening with the first; a
    piece that is still too long, as smaller ones that begin between blocks which may be parted."""
    if unit.words <= room:
        return [unit]
    pieces = _at_sub_headings(unit, language)
    return [small for piece in pieces for small in (_between_blocks(piece, language, room))]


def joined(units: Sequence[Unit], *, piece: bool = False) -> Unit:
    """Neighbouring units or pieces as one; the parts of one section grow together."""
    parts: list[Part] = []
    for part in (part for unit in units for part in unit.parts):
        if parts and parts[-1].section is part.section and parts[-1].end == part.start:
            parts[-1] = Part(part.section, parts[-1].start, part.end)
        else:
            parts.append(part)
    words = sum(unit.words for unit in units)
    return Unit(tuple(parts), units[0].rank, words, any(unit.urgent for unit in units), piece)


def even_runs(weights: Sequence[int], most: int) -> list[tuple[int, int]]:
    """`weights` in order as the fewest runs of at most `most` each, as even as can be, in steps linear in their number.

    A weight that is more than `most` by itself sets the limit.
    """
    if not weights:
        return []
    limit = max(most, *weights)
    count = _runs_needed(weights, limit)[0]
    low, high = max(*weights, -(-sum(weights) // count)), limit
    while low < high:  # the smallest limit that needs no more runs
        middle = (low + high) // 2
        if _runs_needed(weights, middle)[0] <= count:
            high = middle
        else:
            low = middle + 1
    return list(_runs(weights, count, low))


def _runs(weights: Sequence[int], count: int, limit: int) -> Iterator[tuple[int, int]]:
    """`count` runs under `limit`, each ended where its weight is nearest to an even share of what is left."""
    need = _runs_needed(weights, limit)
    sums = [0, *accumulate(weights)]
    start = 0
    for left in range(count, 0, -1):
        share = (sums[-1] - sums[start]) / left
        end = start + 1
        while len(weights) - end > left - 1 and sums[end + 1] - sums[start] <= limit:
            now, then = sums[end] - sums[start], sums[end + 1] - sums[start]
            if need[end] <= left - 1 and abs(then - share) >= abs(now - share):
                break
            end += 1
        yield start, end
        start = end


def _runs_needed(weights: Sequence[int], limit: int) -> list[int]:
    """How many runs of at most `limit` the weights from each place on need."""
    need = [0] * (len(weights) + 1)
    end, held_now = len(weights), 0
    for start in range(len(weights) - 1, -1, -1):
        held_now += weights[start]
        while held_now > limit and end > start + 1:
            end -= 1
            held_now -= weights[end]
        need[start] = 1 + need[end]
    return need


def room_for(article: Article, rhythm: Rhythm) -> int:
    """Words that an issue without advice of its own has for the article: a weekly one repeats where to get help, which
    is read too. At least half of what an issue may have."""
    most = PACES[rhythm].most
    if rhythm is Rhythm.DAILY:
        return most  # what each letter repeats is passed over from the second day on
    return max(most - word_count(where_to_get_help(article)), most // 2)


def section_words(section: Section) -> int:
    return len(section.heading.split()) + word_count(section.blocks)


def question_words(questions: Iterable[Question]) -> int:
    return sum(len(entry.question.split()) + word_count(entry.answer) for entry in questions)


def unit_of(parts: Iterable[Part], rank: int, language: str) -> Unit:
    """Parts that stay together, counted."""
    parts = tuple(parts)
    words = sum(len(part.section.heading.split()) + word_count(part.blocks) for part in parts)
    urgent = any(urges(part.as_section(), language) for part in parts)
    return Unit(parts, rank, words, urgent)


def _at_sub_headings(unit: Unit, language: str) -> list[Unit]:
    sections = unit.sections
    cuts = [
        at
        for at, section in enumerate(sections)
        if at > 1 and section.level <= 3 and not clings(sections[at - 1], section, language)
    ]
    bounds = zip([0, *cuts], [*cuts, len(sections)], strict=True)
    return [unit_of(unit.parts[start:end], unit.rank, language) for start, end in bounds]


def _between_blocks(piece: Unit, language: str, room: int) -> list[Unit]:
    if piece.words <= room:
        return [piece]
    groups: list[list[Part]] = []
    for nth, part in enumerate(piece.parts):
        blocks = part.section.blocks
        inner = [
            at for at in range(part.start + 1, part.end) if not held(blocks[at - 1], blocks[at], language)
        ]
        for start, end in zip([part.start, *inner], [*inner, part.end], strict=True):
            fresh = Part(part.section, start, end)
            if groups and start == part.start and _stays(piece.parts[nth - 1], part, nth, language):
                groups[-1].append(fresh)
            else:
                groups.append([fresh])
    return [unit_of(group, piece.rank, language) for group in groups]


def _stays(before: Part, part: Part, nth: int, language: str) -> bool:
    """Whether a deeper heading stays with the words above it: the first one does, so that no opening stands alone."""
    return nth == 1 or not before.blocks or clings(before.section, part.section, language)
