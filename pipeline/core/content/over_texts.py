"""Blocks with their running text changed, wherever in a list, a box or a table it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.core.content.article import Block, Callout, Figure, Inlines, Listing, Paragraph, Table

Change = Callable[[Inlines, int], Inlines]


def over_texts(
    blocks: Sequence[Block], change: Change, *, cell: Change | None = None, boxes: bool = True
) -> tuple[Block, ...]:
    """`blocks` with every running text changed; `change` is told the line of its block, and a paragraph that it leaves
    without words goes. `cell` changes the cells of tables, where they are changed otherwise; `boxes` says whether
    callouts are gone into."""
    changed = (_changed(block, change, cell or change, boxes) for block in blocks)
    return tuple(block for block in changed if block is not None)


def _changed(block: Block, change: Change, cell: Change, boxes: bool) -> Block | None:
    match block:
        case Paragraph():
            text = change(block.text, block.line)
            return replace(block, text=text) if text else None
        case Callout():
            under = over_texts(block.blocks, change, cell=cell, boxes=boxes) if boxes else block.blocks
            return replace(block, blocks=under)
        case Listing():
            items = tuple(
                replace(
                    item,
                    text=change(item.text, item.line),
                    blocks=over_texts(item.blocks, change, cell=cell, boxes=boxes),
                )
                for item in block.items
            )
            return replace(block, items=items)
        case Figure():
            return block  # its caption is plain words
        case Table():
            rows = (block.header, *block.rows)
            header, *others = (tuple(cell(text, block.line) for text in row) for row in rows)
            return replace(block, header=header, rows=tuple(others))
