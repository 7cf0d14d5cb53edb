"""Parts of a section, and the names by which a series file calls them.

A section is named by its id. Where an issue begins in the middle of one, the name says with which words:
`management#most-people-need-no-treatment`. A part goes on to where the next named part of its section begins, so that
the parts of a section are always the whole of it, each block once (E-14). An edit anywhere but in those first words
changes no name; two blocks that begin alike are told apart by a digest of all their words.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache

from pipeline.core.content.article import Article, Block, Callout, Section
from pipeline.core.content.words import plain, texts

MARK = "#"
CONTINUED = "(continued)"
_MOST_WORDS = 6
_LONGEST = 48  # characters of an anchor
_WITHOUT_SPACES = 16  # characters of its words in a script that parts none
_DIGEST = 8  # hex digits


@dataclass(frozen=True, slots=True)
class Part:
    """The blocks of a section from `start` up to and without `end`; all of them, for most."""

    section: Section
    start: int
    end: int

    @property
    def blocks(self) -> tuple[Block, ...]:
        return self.section.blocks[self.start : self.end]

    @property
    def whole(self) -> bool:
        return self.start == 0 and self.end == len(self.section.blocks)

    @property
    def name(self) -> str:
        """What a series file calls it."""
        return (
            f"{self.section.id}{MARK}{anchors(self.section)[self.start]}" if self.start else self.section.id
        )

    def as_section(self) -> Section:
        """The part as an issue shows it: the section itself where it is whole; else its blocks, none changed."""
        if self.whole:
            return self.section
        if not self.start:
            return replace(self.section, blocks=self.blocks)
        heading = f"{self.section.heading} {CONTINUED}"
        line = self.blocks[0].line or self.section.line
        return replace(self.section, id=self.name, heading=heading, blocks=self.blocks, line=line)


def whole(section: Section) -> Part:
    return Part(section, 0, len(section.blocks))


def split_name(name: str) -> tuple[str, str]:
    """The id of the section, and the anchor of a part that begins in the middle of it, or nothing."""
    section, _, anchor = name.partition(MARK)
    return section, anchor


def parts_named(article: Article, names: Iterable[str]) -> dict[str, Part]:
    """Every part of the article by its name, with the cuts that `names` ask for.

    What a name points at and the article lacks is not in the answer; the beginning of a section that was cut is, also
    where nobody named it.
    """
    anchored: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        section_id, anchor = split_name(name)
        if anchor:
            anchored.setdefault(section_id, []).append((anchor, name))
    found: dict[str, Part] = {}
    for section in article.sections:
        if section.id in anchored:
            found |= _cut(section, anchored[section.id])
        else:
            found[section.id] = whole(section)
    return found


def _cut(section: Section, wanted: Iterable[tuple[str, str]]) -> dict[str, Part]:
    places = _places(_Same(section))
    starts = {places[anchor]: name for anchor, name in wanted if places.get(anchor)}
    starts[0] = section.id
    at = sorted(starts)
    return {
        starts[start]: Part(section, start, end)
        for start, end in zip(at, [*at[1:], len(section.blocks)], strict=True)
    }


def anchors(section: Section) -> tuple[str, ...]:
    """A name for each block of a section: its first words, with a digest only where another begins alike."""
    return _anchors(_Same(section))


def place_of(section: Section, anchor: str) -> int | None:
    """Which block an anchor names; None if none."""
    return _places(_Same(section)).get(anchor)


def digests_of(section: Section) -> tuple[str, ...]:
    """The digest of each block."""
    return _digests(_Same(section))


class _Same:
    """A section as a key: the very same value, so that none has to be compared word by word."""

    def __init__(self, section: Section) -> None:
        self.section = section

    def __hash__(self) -> int:
        return id(self.section)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.section is self.section


# A section of thousands of blocks may have hundreds of parts, and each asks for its name.
@lru_cache(maxsize=16)
def _anchors(same: _Same) -> tuple[str, ...]:
    blocks = same.section.blocks
    starts = [_start(block) for block in blocks]
    often = Counter(starts)
    seen: Counter[str] = Counter()
    names = []
    for at, start in enumerate(starts):
        name = start if often[start] == 1 else f"{start}-{block_digest(blocks[at])}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return tuple(names)


@lru_cache(maxsize=16)
def _places(same: _Same) -> Mapping[str, int]:
    """Where each anchor points: also one with a digest that is needed no more."""
    digests = _digests(same)
    places = {f"{_start(b)}-{digests[at]}": at for at, b in reversed(list(enumerate(same.section.blocks)))}
    return places | {name: at for at, name in enumerate(_anchors(same))}


@lru_cache(maxsize=16)
def _digests(same: _Same) -> tuple[str, ...]:
    return tuple(map(block_digest, same.section.blocks))


def block_digest(block: Block) -> str:
    """Eight hex digits over all that a block says: words, links, citations, urgency, but not the line it stands on."""
    return hashlib.sha256("\x1f".join(_said(block)).encode()).hexdigest()[:_DIGEST]


def _said(value: object) -> Iterator[str]:
    """A value in pieces of text. What is as a field's default says counts for nothing, so that a field which blocks are
    given later changes no digest."""
    if isinstance(value, tuple):
        yield "("
        for part in value:
            yield from _said(part)
        yield ")"
    elif is_dataclass(value):
        yield type(value).__name__
        for field in fields(value):
            held = getattr(value, field.name)
            if field.name != "line" and held != field.default:
                yield field.name
                yield from _said(held)
    else:
        yield str(value)


def _start(block: Block) -> str:
    said = [block.title] if isinstance(block, Callout) else []
    said += [plain(text) for text, _ in texts([block])]
    folded = unicodedata.normalize("NFKC", " ".join(said)[: _LONGEST * 4]).casefold()
    words = "".join(c if _is_letter(c) else " " for c in folded).split()[:_MOST_WORDS]
    most = _WITHOUT_SPACES if words and len(words[0]) > _WITHOUT_SPACES else _LONGEST
    kept = "-".join(words)[:most].strip("-")
    return kept or f"block-{block_digest(block)}"


def _is_letter(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")
