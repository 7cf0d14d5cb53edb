"""What changed in an article since a clinician signed it, block by block, for the one who signs it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from pipeline.core.consent.word_difference import Change, Run, word_difference
from pipeline.core.content.article import Article, Figure
from pipeline.core.content.markdown_writer import write
from pipeline.core.content.pictures import each_figure

_SHOWN = 16  # hex digits of a picture's digest


@dataclass(frozen=True, slots=True)
class BlockChange:
    """A block of the article's Markdown as it was and as it is, in runs of words; one is empty where the block is new
    or gone. `under` is the heading that it stands under now.
    """

    under: str
    before: tuple[Run, ...]
    after: tuple[Run, ...]


def changes(old: Article, new: Article) -> tuple[BlockChange, ...]:
    """The blocks that differ, in the order of the new article."""
    was, now = _blocks(old), _blocks(new)
    headings = _headings(now)
    found: list[BlockChange] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        pairs = min(i2 - i1, j2 - j1) if tag == "replace" else 0
        for step in range(pairs):
            before, after = word_difference(was[i1 + step], now[j1 + step])
            found.append(BlockChange(headings[j1 + step], before, after))
        under = headings[min(j1, len(headings) - 1)] if headings else ""
        found += [BlockChange(under, (Run(Change.GONE, text),), ()) for text in was[i1 + pairs : i2]]
        found += [
            BlockChange(headings[j1 + pairs + at], (), (Run(Change.NEW, text),))
            for at, text in enumerate(now[j1 + pairs : j2])
        ]
    return tuple(found)


def _blocks(article: Article) -> Sequence[str]:
    """The article's canonical Markdown, parted at empty lines; its front matter line by line. What is signed are the
    bytes of a picture too, so that its file stands beside its name.
    """
    head, fence, body = write(each_figure(article, _with_its_file)).partition("\n---\n")
    front = [line for line in head.splitlines() if line.strip("- ")] if fence else []
    return [*front, *(" ".join(block.split()) for block in body.split("\n\n") if block.strip())]


def _with_its_file(figure: Figure) -> Figure:
    return replace(figure, src=f"{figure.src}, file {figure.sha256[:_SHOWN] or 'missing'}")


def _headings(blocks: Sequence[str]) -> list[str]:
    under, found = "", []
    for block in blocks:
        if block.startswith("#"):
            under = block.lstrip("#").partition("{#")[0].strip()
        found.append(under)
    return found
