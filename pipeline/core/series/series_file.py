"""`content/series/<slug>.toml`: the plan of a series as a person edits it.

Top keys `slug`, `title`, `article`, `purpose`; then an `[[issue]]` for each issue, in order, with `title`,
`subject`, `preheader`, `sections` (ids of the article's sections) and `questions` (ids of its questions;
may be left out).
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.core.errors import BadInput
from pipeline.core.series.issue import PlannedIssue, SeriesPlan

_TOP = ("slug", "title", "article", "purpose")
_ISSUE_TEXT = ("title", "subject", "preheader")
_ISSUE_LISTS = ("sections", "questions")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WIDTH = 110


def read(name: str, source: bytes) -> SeriesPlan:
    """The plan in `source`. `name` is what a person calls the file. Raises BadInput with the file and the line."""
    text = _decode(name, source)
    data = _parse(name, text)
    where = _Places(name, text)
    _known_keys(data, (*_TOP, "issue"), where, issue=0)
    tables = data.get("issue", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise where.wrong("Write each issue under a line [[issue]], with two brackets.", 0, "issue")
    if not tables:
        raise BadInput("This series has no issues. Add at least one, under a line [[issue]].", place=name)
    issues = tuple(_issue(table, number, where) for number, table in enumerate(tables, start=1))
    _once(((i.number, section) for i in issues for section in i.sections), "section", where)
    _once(((i.number, question) for i in issues for question in i.questions), "question", where)
    return SeriesPlan(
        slug=_slug(data, "slug", where),
        title=_line_of_text(data, "title", where, 0),
        article=_slug(data, "article", where),
        purpose=_line_of_text(data, "purpose", where, 0),
        issues=issues,
    )


def write(plan: SeriesPlan) -> str:
    """The file of a plan; `read` gives an equal plan back. Comments of an older file are not kept."""
    top = [f"{key} = {_quoted(getattr(plan, key))}" for key in _TOP]
    return "\n".join([*top, *(_issue_lines(issue) for issue in plan.issues)]) + "\n"


def line_of(source: bytes, issue: int, wanted: str) -> int | None:
    """The line on which issue `issue` (from 1; 0 is the top of the file) names the key or id `wanted`, if it does."""
    return _Places("", source.decode("utf-8-sig", errors="replace")).line(issue, wanted)


class _Places:
    """Where things stand in the file. `tomllib` keeps no lines, so they are looked for in the text."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.splitlines()
        heads = [at for at, line in enumerate(self.lines) if re.match(r"\s*\[\[\s*issue\s*\]\]", line)]
        self.blocks = list(zip([0, *heads], [*heads, len(self.lines)], strict=True))

    def head(self, issue: int) -> int | None:
        """The line of the `[[issue]]`; None at the top of the file, where no one line is to blame."""
        return self.blocks[issue][0] + 1 if 0 < issue < len(self.blocks) else None

    def line(self, issue: int, wanted: str, *, last: bool = False) -> int | None:
        """The line of a key or of a quoted id, the last of them if asked; the head of the issue if neither."""
        if issue >= len(self.blocks):
            return None
        start, end = self.blocks[issue]
        pattern = re.compile(
            rf"""^\s*["']?{re.escape(wanted)}["']?\s*=|["']{re.escape(wanted)}["']|^\s*\[{re.escape(wanted)}\]"""
        )
        found = [at + 1 for at in range(start, end) if pattern.search(self.lines[at].partition(" #")[0])]
        return found[-1 if last else 0] if found else self.head(issue)

    def wrong(self, message: str, issue: int, wanted: str, *, last: bool = False) -> BadInput:
        subject = f"Issue {issue}: " if issue else ""
        return BadInput(subject + message, place=self.name, line=self.line(issue, wanted, last=last))


def _decode(name: str, source: bytes) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise BadInput("This is not UTF-8 text. Save the file as UTF-8.", place=name, line=line) from error


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        place = re.search(r"\(at line (\d+), column \d+\)", said)
        line = int(place[1]) if place else max(1, len(text.splitlines()))
        why = re.sub(r"\s*\(at .*\)$", "", said)
        raise BadInput(f"This is not valid TOML: {why}.", place=name, line=line) from error


def _issue(table: Mapping[str, Any], number: int, where: _Places) -> PlannedIssue:
    _known_keys(table, (*_ISSUE_TEXT, *_ISSUE_LISTS), where, number)
    sections, questions = (_ids(table, key, where, number) for key in _ISSUE_LISTS)
    if not sections and not questions:
        message = "It has no sections and no questions. Name at least one, or take the issue out."
        raise where.wrong(message, number, "sections")
    title, subject, preheader = (_line_of_text(table, key, where, number) for key in _ISSUE_TEXT)
    return PlannedIssue(number, title, subject, preheader, sections, questions)


def _known_keys(table: Mapping[str, Any], known: tuple[str, ...], where: _Places, issue: int) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"The keys here are {', '.join(known)}."
            raise where.wrong(f'"{key}" is not a key of a series file. {hint}', issue, key)


def _line_of_text(table: Mapping[str, Any], key: str, where: _Places, issue: int) -> str:
    """A text on one line: it may become a header of a message."""
    if key not in table:
        raise where.wrong(f'The key {key} is missing. Add a line such as {key} = "...".', issue, key)
    value = table[key]
    if not isinstance(value, str) or not value.strip():
        raise where.wrong(f"The key {key} needs a text between quotation marks.", issue, key)
    if not value.isprintable():
        raise where.wrong(
            f"The key {key} holds a line break or a hidden character. Keep it on one line.", issue, key
        )
    return value


def _slug(table: Mapping[str, Any], key: str, where: _Places) -> str:
    value = _line_of_text(table, key, where, 0)
    if not _SLUG.fullmatch(value):
        raise where.wrong(f'"{value}" is no {key}: use small letters, digits and single hyphens.', 0, key)
    return value


def _ids(table: Mapping[str, Any], key: str, where: _Places, issue: int) -> tuple[str, ...]:
    if key not in table and key == "sections":
        raise where.wrong('The key sections is missing. Add a line such as sections = ["types"].', issue, key)
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise where.wrong(f'The key {key} needs a list of ids, such as {key} = ["types"].', issue, key)
    for entry in value:
        if not entry.strip() or not entry.isprintable():
            raise where.wrong(f"An id in {key} is empty or holds a hidden character.", issue, key)
    return tuple(value)


def _once(uses: Iterable[tuple[int, str]], noun: str, where: _Places) -> None:
    """Each part of the article is told once in a series (E-14)."""
    first: dict[str, int] = {}
    for issue, wanted in uses:
        if wanted in first:
            message = (
                f'The {noun} "{wanted}" is already in issue {first[wanted]}. Take it out of one of them.'
            )
            raise where.wrong(message, issue, wanted, last=True)
        first[wanted] = issue


def _issue_lines(issue: PlannedIssue) -> str:
    texts = [f"{key} = {_quoted(getattr(issue, key))}" for key in _ISSUE_TEXT]
    lists = [_list_line(key, getattr(issue, key)) for key in _ISSUE_LISTS]
    return "\n".join(["", "[[issue]]", *texts, *lists])


def _list_line(key: str, ids: tuple[str, ...]) -> str:
    flat = f"{key} = [{', '.join(map(_quoted, ids))}]"
    if len(flat) <= _WIDTH:
        return flat
    return "\n".join([f"{key} = [", *(f"  {_quoted(entry)}," for entry in ids), "]"])


def _quoted(text: str) -> str:
    """A TOML basic string: backslash, quotation mark and control characters are escaped."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    body = "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04X}" for c in plain)
    return f'"{body}"'
