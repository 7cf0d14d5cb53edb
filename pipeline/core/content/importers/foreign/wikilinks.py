"""Marks of Obsidian and other wikis: `[[Page|words]]`, `![[embed]]`, `%%comments%%`, `#tags`, `^block-names`,
`==highlights==`, whose words are kept."""

from __future__ import annotations

import re

from pipeline.core.content.article import Severity
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.source_lines import gone, rewrite

EMBED_RULE = "embedded-page"

_LINK = re.compile(
    r"(?P<embed>!?)\[\[(?P<page>[^\[\]|\n]{0,200})(?:\\?\|(?P<words>[^\[\]\n]{0,200}))?\]\](?!\()"
)
_COMMENT = re.compile(r"%%(?:[^%]|%(?!%))*%%")
_HIGHLIGHT = re.compile(r"==(?=\S)([^=\n]{1,300})==")
_TAGS = re.compile(r"^[ \t]*(?:#[^\W\d][\w/-]{0,60}[ \t]*)+$", re.MULTILINE)
_BLOCK_NAME = re.compile(r"(?:(?<=\s)|^)\^[a-zA-Z0-9-]{1,60}[ \t]*$", re.MULTILINE)
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|avif|bmp)$", re.IGNORECASE)


def take(text: str, first_line: int, notes: Notes) -> str:
    if "%%" in text:
        text = rewrite(text, first_line, _COMMENT, lambda match, line: _comment(match.group(), line, notes))
    if "[[" in text:
        text = rewrite(text, first_line, _LINK, lambda match, line: _link(match, line, notes))
    text = rewrite(text, first_line, _HIGHLIGHT, lambda match, line: match.group(1))
    text = rewrite(text, first_line, _TAGS, lambda match, line: _left(match.group(), line, "tags", notes))
    return rewrite(
        text,
        first_line,
        _BLOCK_NAME,
        lambda match, line: _left(match.group(), line, "the name of a block", notes),
    )


def _link(match: re.Match[str], line: int, notes: Notes) -> str:
    page, words = match["page"].strip(), (match["words"] or "").strip()
    if match["embed"]:
        if _PICTURE.search(page):
            notes.leave(line, page, "a picture: an article carries words only")
        else:
            message = f"The page shows another one here, '{page[:60]}', whose words are not in this file."
            notes.find(EMBED_RULE, Severity.B, line, match.group(), message)
            notes.leave(line, match.group(), "an embedded page")
        return gone("")
    if page.lower() in ("toc", "_toc_"):
        notes.leave(line, match.group(), "a table of contents")
        return gone("")
    notes.leave(line, match.group(), "a link inside the site; its words were kept")
    return words or page.rpartition("#")[2].lstrip("^") or page


def _comment(quote: str, line: int, notes: Notes) -> str:
    notes.leave(line, quote.strip("% \n"), "a comment")
    return gone(quote)


def _left(quote: str, line: int, why: str, notes: Notes) -> str:
    notes.leave(line, quote, why)
    return gone(quote)
