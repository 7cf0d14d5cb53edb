"""An article without its line numbers: what is left to compare when the same words stand in two files."""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.content.article import Article, Block, Callout, Listing


def without_lines(article: Article) -> Article:
    return replace(
        article,
        sections=tuple(replace(s, line=0, blocks=_blocks(s.blocks)) for s in article.sections),
        faq=tuple(replace(q, line=0, answer=_blocks(q.answer)) for q in article.faq),
        references=tuple(replace(r, line=0) for r in article.references),
        allowances=tuple(replace(a, line=0) for a in article.allowances),
    )


def _blocks(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(_block(block) for block in blocks)


def _block(block: Block) -> Block:
    if isinstance(block, Callout):
        return replace(block, line=0, blocks=_blocks(block.blocks))
    if isinstance(block, Listing):
        items = tuple(replace(item, line=0, blocks=_blocks(item.blocks)) for item in block.items)
        return replace(block, line=0, items=items)
    return replace(block, line=0)
