"""Whose Markdown a file is in: our own form (docs/writing.md) or that of another tool.

Our own form is what gets signed, so a slip in it is refused with its line and never read as something else. A file is
foreign by a sign that our own form cannot have by a slip of the keyboard; a field that only our form knows outweighs
the weaker signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.core.content.importers.own.reader import FIELDS

NAMES = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd")

_ONLY_OURS = frozenset(["topic", "language", "reviewed", "next_review", "disclaimer", "notes_for_reviewer"])
_CERTAINLY_OURS = frozenset(["next_review", "notes_for_reviewer"])
# Fields that no slip makes of one of ours.
_THEIRS_WORDS = """
    layout date draft tags categories category permalink lastmod description params aliases keywords image
    published weight summary excerpt toc faq faqs url bibliography csl medically_reviewed_by reviewed_by
    lastupdated updated pubdate
"""
_THEIRS = frozenset(_THEIRS_WORDS.split())
_LIKE_OURS = 0.75  # of 1; `titel` is 0.8 from `title`
_SLIPS = frozenset(["author", "lang", "topics", "reference", "titles", "reviewers"])

_FIELD = re.compile(r"""["']?([\w.-]{1,60})["']?[ \t]*:(?:\s|$)""")
_HEADING = re.compile(r"# \s*\S|#\t\s*\S")
_UNDERLINE = re.compile(r" {0,3}=+\s*")
_LINES = 400  # of a file's front matter that are looked at
_IN_LINE = 2000  # characters
_IN_BODY = 12_000  # lines; a file with more is not read, whatever its form
# Marks in the body that another tool's Markdown has and ours has not.
_BODY: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a footnote", re.compile(r"\[\^[^\]\s]{1,60}\]|\^\[[^\]]")),
    ("a Hugo shortcode", re.compile(r"\{\{[<%]")),
    ("a Liquid tag", re.compile(r"\{%|\{\{\s*(?:page|site|include)\.")),
    ("a kramdown mark", re.compile(r"^\s*\{:")),
    ("an MDX import or export", re.compile(r"^import\s.{0,200}[\"']|^export\s+(?:const|default)\s")),
    ("a component", re.compile(r"^\s*<[A-Z][\w.]{0,60}[\s/>]")),
    ("a wikilink", re.compile(r"!?\[\[[^\[\]]{1,200}\]\](?!\()")),
    ("an alert box", re.compile(r"^\s{0,12}+(?:>\s{0,3}+){1,12}+\[![\w-]{1,40}\]")),
    ("a Pandoc citation", re.compile(r"\[[^\[\]@]{0,60}-?@[\w{][^\[\]]{0,200}\]")),
    ("a fenced box", re.compile(r"^\s*:::+\s*\{")),
    ("a folded part", re.compile(r"^\s*<(?:details|summary)\b")),
)


@dataclass(frozen=True, slots=True)
class Sign:
    """Why a file was taken for another tool's: a mark, and where it stands."""

    what: str
    line: int


def foreign_sign(name: str, text: str) -> Sign | None:
    """The sign that a Markdown file is not in our own form; None if it is, or is meant to be."""
    if text.startswith(("+++\n", "+++ ")):
        return Sign("TOML front matter", 1)
    if name.lower().endswith(NAMES) and re.match(r"\s*\{\s*\"", text):
        return Sign("JSON front matter", 1)
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return _without_front_matter(name, lines)
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), len(lines))
    fields = list(_fields(lines[1:end]))
    names = {field for field, _ in fields}
    if names & _CERTAINLY_OURS:
        return None
    theirs = [Sign(f"the field `{field}`", line) for field, line in fields if field in _THEIRS]
    if theirs:
        return theirs[0]
    if names & _ONLY_OURS:
        return None
    if name.lower().endswith((".mdx", ".qmd", ".rmd")):
        return Sign("the ending of the file's name", 1)
    others = (Sign(f"the field `{field}`", line) for field, line in fields if not _may_be_ours(field))
    slips = (Sign(f"the field `{field}`", line) for field, line in fields if field in _SLIPS)
    return next(others, None) or next(slips, None) or _in_body(lines[end + 1 :], end + 2)


def _without_front_matter(name: str, lines: list[str]) -> Sign | None:
    if not name.lower().endswith(NAMES):
        return None
    if not name.lower().endswith((".md", ".markdown")):
        return Sign("the ending of the file's name", 1)
    if any(line.strip() == "---" for line in lines[:3]) and not any(map(_HEADING.match, lines[:3])):
        return None  # blank lines before our own front matter
    above = ""
    for number, line in enumerate(lines[:_IN_BODY], 1):
        if _HEADING.match(line):
            return Sign("a title that is a heading, and no front matter", number)
        if above.strip() and _UNDERLINE.fullmatch(line):
            return Sign("a title that is underlined, and no front matter", number - 1)
        above = line
    return _in_body(lines, 1)


def _fields(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Names at the left edge, as far as the front matter goes even where it is broken or not closed."""
    for number, line in enumerate(lines[:_LINES], 2):
        if match := _FIELD.match(line[:_IN_LINE]):
            yield match.group(1).lower(), number
        elif line.startswith(("## ", "# ")):
            return


def _may_be_ours(field: str) -> bool:
    if field in FIELDS or field in _SLIPS:
        return True
    likeness = (SequenceMatcher(None, field, ours).ratio() for ours in FIELDS)
    return any(ratio >= _LIKE_OURS for ratio in likeness)


def _in_body(lines: list[str], first: int) -> Sign | None:
    for number, line in enumerate(lines[:_IN_BODY], first):
        for what, mark in _BODY:
            if mark.search(line[:_IN_LINE]):
                return Sign(what, number)
    return None
