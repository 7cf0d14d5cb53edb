"""The Markdown that an article is written in: CommonMark with tables, citation marks, callouts and comments.

HTML, indented code, underlined headings and link definitions are not part of it, so that what stands in the file is
what the reader sees: a tag comes out as its letters (S-10), never as markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from pipeline.core.content.article import Urgency
from pipeline.core.content.citations import MARK, THROUGH
from pipeline.core.errors import BadInput

DEEPEST = 30  # levels of tokens; a list in a list in a callout takes 7
_NOT_OURS = ["code", "html_block", "html_inline", "lheading", "reference"]

_OPENING = re.compile(r'(\w+)(?:\s+"((?:[^"\\]|\\.)*)")?')


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands on the line that opens a callout."""

    urgency: Urgency
    title: str


def parse(name: str, body: str, first_line: int) -> list[Token]:
    """Block tokens, their inline children parsed. `first_line` is where `body` starts in the file."""
    tokens = _parser().parse(body, {"name": name, "first_line": first_line})
    for token in tokens:
        if token.level >= DEEPEST - 2:
            line = first_line + (token.map or [0])[0]
            raise BadInput("This is nested too deeply for an email. Use fewer levels.", place=name, line=line)
    return tokens


@cache
def _parser() -> MarkdownIt:
    parser = (
        MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable("table").disable(_NOT_OURS)
    )
    parser.block.ruler.before(
        "fence", "callout", _callout, {"alt": ["paragraph", "blockquote", "list", "table"]}
    )
    parser.inline.ruler.before("link", "citation", _citation)
    parser.inline.ruler.before("autolink", "comment", _comment)
    keep_addresses(parser)
    return parser


def keep_addresses(parser: MarkdownIt) -> None:
    """As typed: links.py judges them, and answers with a sentence. The parser would show a link that it refuses as
    plain text and say nothing.
    """
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]


def _citation(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[":
        return False
    mark = MARK.match(state.src, state.pos, state.posMax)
    if mark is None or state.src[mark.end() : mark.end() + 1] == "(":  # `[1](https://...)` is a link
        return False
    through = THROUGH.match(state.src, state.pos, state.posMax)  # `[1]–[3]`
    if not silent:
        state.push("citation", "", 0).content = "-".join(through.groups()) if through else mark.group(1)
    state.pos = (through or mark).end()
    return True


def _comment(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("<!--", state.pos) or state.env.get("unclosed") is state.src:
        return False
    end = state.src.find("-->", state.pos + 4, state.posMax)
    if end < 0:
        state.env["unclosed"] = state.src  # nor will any later one close: do not look again
        return False
    if not silent:
        state.push("comment", "", 0).content = state.src[state.pos + 4 : end].strip()
    state.pos = end + 3
    return True


def _callout(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`::: urgent "Title"` to `:::`. Callouts may hold callouts; each closes at its own indent."""
    fence = _fence(state, start)
    if fence is None:
        return False
    if silent:
        return True
    if not fence:
        raise _bad(state, start, "This `:::` closes a callout that is not open. Remove it.")
    opening = _opening(state, start, fence)
    close = _closing_line(state, start, end)

    token = state.push("callout_open", "div", 1)
    token.map = [start, close]
    token.meta = {"opening": opening}
    parent, state.parentType = state.parentType, "container"
    line_max, state.lineMax = state.lineMax, close
    state.md.block.tokenize(state, start + 1, close)
    state.parentType, state.lineMax = parent, line_max
    state.push("callout_close", "div", -1)
    state.line = close + 1
    return True


def _closing_line(state: StateBlock, start: int, end: int) -> int:
    depth = 1
    for line in range(start + 1, end):
        if not state.isEmpty(line) and state.sCount[line] < state.blkIndent:
            break
        fence = _fence(state, line)
        if fence is not None and state.sCount[line] == state.sCount[start]:
            depth += 1 if fence else -1
            if depth == 0:
                return line
    raise _bad(state, start, "This callout is not closed. End it with a line `:::`.")


def _opening(state: StateBlock, line: int, words: str) -> Opening:
    match = _OPENING.fullmatch(words)
    known = [urgency.value for urgency in Urgency]
    if match is None or match.group(1) not in known:
        raise _bad(
            state, line, f'A callout opens with `::: urgent "Title"`; it is one of {", ".join(known)}.'
        )
    return Opening(Urgency(match.group(1)), re.sub(r"\\(.)", r"\1", match.group(2) or ""))


def _fence(state: StateBlock, line: int) -> str | None:
    """The words after `:::`, empty for a closing line; None if the line is no fence."""
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    return text.lstrip(":").strip() if text.startswith(":::") else None


def _bad(state: StateBlock, line: int, message: str) -> BadInput:
    return BadInput(message, place=state.env["name"], line=state.env["first_line"] + line)
