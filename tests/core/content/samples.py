"""The written samples of articles, and the page that the product was first asked for, where it is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.core.content.article import Article, Block, Cite, Listing, Reading
from pipeline.core.content.importers import read
from pipeline.core.content.words import texts

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "tests" / "samples" / "articles"


def sample(name: str) -> Reading:
    return read(name, (SAMPLES / name).read_bytes())


def seed() -> Reading:
    files = sorted((ROOT.parent / "shared" / "seed").glob("*.txt"))
    if not files:
        pytest.skip("the page in ../shared/seed is not on this machine")
    return read(files[0].name, files[0].read_bytes())


_FRONT = """title: Test
topic: tests
language: en-GB
references: [{text: One}, {text: Two}, {text: Three}]"""


def markdown(body: str, *, front: str = _FRONT) -> Reading:
    """`body` under a front matter of six lines, so that it begins on line 7."""
    return read("a.md", f"---\n{front}\n---\n{body}".encode())


def anchors(article: Article) -> list[tuple[int, list[int]]]:
    """(line, reference numbers) of each citation, in the order of the lines."""
    number = {reference.id: reference.number for reference in article.references}
    groups: list[tuple[Block, ...]] = [s.blocks for s in article.sections] + [q.answer for q in article.faq]
    return sorted(
        (line, [number[ref] for ref in part.refs])
        for blocks in groups
        for text, line in texts(blocks)
        for part in text
        if isinstance(part, Cite)
    )


def depth(listing: Listing) -> int:
    inner = [depth(b) for item in listing.items for b in item.blocks if isinstance(b, Listing)]
    return 1 + max(inner, default=0)
