"""The Markdown of other tools, as tokens: CommonMark with tables, definition lists, struck-out words, footnote marks,
boxes between lines of `:::` and folded parts. It takes whatever it is given; only depth is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from pipeline.core.content.importers.own.grammar import DEEPEST, keep_addresses
from pipeline.core.errors import BadInput

FOLD = "\x1cQ"  # begins a line: the words that a folded part shows
FOLD_END = "\x1cE"

_FOOTNOTE = re.compile(r"\[\^([^\[\]\n]{1,200})\]")
_LONGEST_NOTE = 2000  # characters between `^[` and `]`
_DEEPEST_NOTE = 4  # brackets inside those
_INTERRUPTED: RuleOptionsType = {"alt": ["paragraph", "blockquote", "list", "table", "reference"]}


@dataclass(frozen=True, slots=True)
class Box:
    """A line that opens a box. `end` is the line that closes it, counted in the same text."""

    word: str
    title: str
    end: int


def parse(
    place: str,
    text: str,
    lines: Sequence[int],
    boxes: Mapping[int, Box] | None = None,
    closing: frozenset[int] = frozenset(),
) -> list[Token]:
    """`lines` tells the line of the file for each line of `text`, `boxes` the lines on which one opens."""
    env = {"boxes": boxes or {}, "closing": closing}
    tokens = _parser().parse(text, env)
    for token in tokens:
        if token.level >= DEEPEST - 2:
            at = (token.map or [0])[0]
            raise BadInput(
                "This is nested too deeply for an email. Use fewer levels.", place=place, line=lines[at]
            )
    return tokens


def parse_inline(text: str) -> Token:
    """One line of text, such as a footnote, as an inline token."""
    return _parser().parseInline(text, {"boxes": {}, "closing": frozenset()})[0]


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": DEEPEST})
    parser.enable(["table", "strikethrough"]).disable(["code", "html_block"])
    parser.use(deflist_plugin)
    parser.block.ruler.before("fence", "box", _box, _INTERRUPTED)
    parser.block.ruler.before("fence", "fold", _fold, _INTERRUPTED)
    parser.inline.ruler.before("link", "footnote", _footnote)
    parser.inline.ruler.before("link", "note", _note)
    keep_addresses(parser)
    return parser


def _footnote(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("[^", state.pos):
        return False
    match = _FOOTNOTE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("footnote", "", 0).content = match.group(1)
    state.pos = match.end()
    return True


def _note(state: StateInline, silent: bool) -> bool:
    """`^[A remark or a source, right in the text.]`"""
    if not state.src.startswith("^[", state.pos):
        return False
    depth = 0
    for at in range(state.pos + 1, min(state.posMax, state.pos + _LONGEST_NOTE)):
        depth += {"[": 1, "]": -1}.get(state.src[at], 0)
        if depth == 0:
            if not silent:
                state.push("note", "", 0).content = state.src[state.pos + 2 : at]
            state.pos = at + 1
            return True
        if depth > _DEEPEST_NOTE:
            return False
    return False


def _box(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    box = state.env["boxes"].get(start)
    if box is None and start not in state.env["closing"]:
        return False
    if silent:
        return True
    if box is None:
        state.line = start + 1
        return True
    close = min(box.end, end)
    token = state.push("box_open", "div", 1)
    token.map = [start, close]
    token.meta = {"box": box}
    parent, state.parentType = state.parentType, "container"
    line_max, state.lineMax = state.lineMax, close
    state.md.block.tokenize(state, start + 1, close)
    state.parentType, state.lineMax = parent, line_max
    state.push("box_close", "div", -1)
    state.line = min(close + 1, end)
    return True


def _fold(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    at = state.bMarks[start] + state.tShift[start]
    line = state.src[at : state.eMarks[start]]
    if not line.startswith((FOLD, FOLD_END)):
        return False
    if silent:
        return True
    if line.startswith(FOLD):
        state.push("fold_open", "details", 0).map = [start, start + 1]
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = line[len(FOLD) :].strip(), [start, start + 1], []
    else:
        state.push("fold_close", "details", 0).map = [start, start + 1]
    state.line = start + 1
    return True
