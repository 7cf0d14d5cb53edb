"""What a plan was made from, so that a later plan can say what changed, and knows a section under a new name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.core.content.article import Article, Block, Section
from pipeline.core.series.issue import MadeFrom, SeriesPlan
from pipeline.core.series.parts import Part, block_digest, digests_of, parts_named, place_of, split_name

ALIKE = 0.5  # of the blocks: with so many of them the same, it is the same section under another name


def made_from(plan: SeriesPlan, article: Article) -> SeriesPlan:
    """The plan with a fingerprint of every part and question of the article as it stands."""
    parts = parts_named(article, plan.names())
    prints = [
        MadeFrom(name, part.section.heading, digests_of(part.section)[part.start : part.end])
        for name, part in parts.items()
    ]
    prints += [
        MadeFrom(entry.id, entry.question, tuple(map(block_digest, entry.answer)), question=True)
        for entry in article.faq
    ]
    return replace(plan, made_from=tuple(prints))


@dataclass(frozen=True, slots=True)
class Renamed:
    """What each id of a plan is called now, None for what is gone."""

    sections: Mapping[str, str | None]
    questions: Mapping[str, str | None]


def renamed(plan: SeriesPlan, article: Article) -> Renamed:
    """The ids of a plan as the article has them now: the same, or that of a new section with the same words."""
    sections = [split_name(name)[0] for name in plan.names()]
    questions = [wanted for issue in plan.issues for wanted in issue.questions]
    questions += [left.name for left in plan.left_out if left.question]
    return Renamed(
        _matched(sections, _before(plan, question=False), {s.id: s.blocks for s in article.sections}),
        _matched(questions, _before(plan, question=True), {q.id: q.answer for q in article.faq}),
    )


def cuts_now(plan: SeriesPlan, article: Article, names: Renamed) -> dict[str, str | None]:
    """What each part that the plan names is called now; None where nothing of it is left."""
    known = {entry.name: entry.blocks for entry in plan.made_from if not entry.question}
    sections = {section.id: section for section in article.sections}
    now: dict[str, str | None] = {}
    before: dict[str, str] = {}  # by section: the part last seen
    reached: dict[str, int] = {}  # by section: the block at which that part begins
    for name in plan.names():
        old, anchor = split_name(name)
        section = sections.get(names.sections.get(old) or "")
        if section is None:
            now[name] = None
        elif not anchor:
            now[name] = section.id
        else:
            first, earlier = reached.get(old, 0), known.get(before.get(old, old), ())
            start = _start(section, anchor, first, earlier, known.get(name, ()))
            now[name] = Part(section, start, len(section.blocks)).name if start else None
            reached[old] = start or first
        before[old] = name
    return now


def _start(
    section: Section, anchor: str, first: int, earlier: tuple[str, ...], own: tuple[str, ...]
) -> int | None:
    """Where a part begins now, behind block `first`: at its own first words; else after the last block of the part
    before it; else at the first block that is still its own; else as many blocks on as it was."""
    digests = digests_of(section)
    ended = digests.index(earlier[-1]) + 1 if earlier and earlier[-1] in digests else None
    still = next((at for at, digest in enumerate(digests) if at > first and digest in own), None)
    for start in (place_of(section, anchor), ended, still, first + len(earlier)):
        if start is not None and first < start < len(digests):
            return start
    return None


def _before(plan: SeriesPlan, *, question: bool) -> dict[str, list[str]]:
    """The digests of all blocks that each section, or each question, had."""
    digests: dict[str, list[str]] = {}
    for entry in plan.made_from:
        if entry.question == question:
            digests.setdefault(split_name(entry.name)[0], []).extend(entry.blocks)
    return digests


def _matched(
    ids: Iterable[str], before: Mapping[str, list[str]], blocks: Mapping[str, tuple[Block, ...]]
) -> dict[str, str | None]:
    ids = list(dict.fromkeys(ids))
    lost = [name for name in ids if name not in blocks]
    fresh = (
        {name: set(map(block_digest, blocks[name])) for name in blocks if name not in before} if lost else {}
    )
    found: dict[str, str | None] = {name: name for name in ids if name in blocks}
    for name in lost:
        had = set(before.get(name, ()))
        shared = {other: len(had & now) / max(len(had), len(now), 1) for other, now in fresh.items()}
        best = max(shared, key=lambda other: shared[other], default=None)
        if best is not None and shared[best] >= ALIKE and best not in found.values():
            found[name] = best
            del fresh[best]
        else:
            found[name] = None
    return found
