"""`content/series/<slug>.toml`: the plan of a series as a person edits it.

Top keys `slug`, `title`, `article`, `purpose`; then an `[[issue]]` for each issue, in order, with `title`,
`subject`, `preheader`, `sections` (ids of the article's sections, or `id#words` for a part of one, see `parts`)
and `questions` (ids of its questions; may be left out).

May be left out at the top: `rhythm` (else that of the list), `subjects`, and `left_out`, a list of
`{section = "id", why = "..."}` or `{question = "id", why = "..."}`. `[made_from.sections]` and `[made_from.questions]`
at the end are written by the planner: for each part its heading and a digest of each block.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from pipeline.core import toml
from pipeline.core.errors import BadInput
from pipeline.core.series.issue import (
    LeftOutOfPlan,
    MadeFrom,
    PlannedIssue,
    Rhythm,
    SeriesPlan,
    Subjects,
    usual_rhythm,
)

_TOP = ("slug", "title", "article", "purpose")
_CHOICES = ("rhythm", "subjects", "left_out", "made_from")
_MADE_FROM = ("sections", "questions")
MADE_FROM_NOTE = (
    "# What the plan was made from, so that a later one can say what changed. Written by rounds plan."
)
_ISSUE_TEXT = ("title", "subject", "preheader")
_ISSUE_LISTS = ("sections", "questions")
_Choice = TypeVar("_Choice", bound=StrEnum)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WIDTH = 110


def read(name: str, source: bytes) -> SeriesPlan:
    """The plan in `source`. `name` is what a person calls the file. Raises BadInput with the file and the line."""
    text = toml.text_of(name, source)
    data = toml.parsed(name, text)
    where = _Places(name, text)
    _known_keys(data, (*_TOP, *_CHOICES, "issue"), where, issue=0)
    tables = data.get("issue", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise where.wrong("Write each issue under a line [[issue]], with two brackets.", 0, "issue")
    if not tables:
        raise BadInput("This series has no issues. Add at least one, under a line [[issue]].", place=name)
    issues = tuple(_issue(table, number, where) for number, table in enumerate(tables, start=1))
    left_out = tuple(_left_out(entry, where) for entry in _tables(data, "left_out", where))
    _once(((i.number, section) for i in issues for section in i.sections), "section", where)
    _once(((i.number, question) for i in issues for question in i.questions), "question", where)
    purpose = _line_of_text(data, "purpose", where, 0)
    return SeriesPlan(
        slug=_slug(data, "slug", where),
        title=_line_of_text(data, "title", where, 0),
        article=_slug(data, "article", where),
        purpose=purpose,
        issues=issues,
        rhythm=_choice(data, "rhythm", Rhythm, usual_rhythm(purpose), where),
        subjects=_choice(data, "subjects", Subjects, Subjects.DISCREET, where),
        left_out=left_out,
        made_from=tuple(_made_from(data, where)),
    )


def write(plan: SeriesPlan) -> str:
    """The file of a plan; `read` gives an equal plan back. Comments of an older file are not kept."""
    blocks = [head_lines(plan), *(issue_lines(issue) for issue in plan.issues)]
    if plan.made_from:
        blocks.append(made_from_lines(plan))
    return "\n\n".join(blocks) + "\n"


def head_lines(plan: SeriesPlan) -> str:
    """The keys at the top of the file."""
    lines = [text_line(key, getattr(plan, key)) for key in _TOP]
    if plan.rhythm is not usual_rhythm(plan.purpose):
        lines.append(text_line("rhythm", plan.rhythm))
    if plan.subjects is not Subjects.DISCREET:
        lines.append(text_line("subjects", plan.subjects))
    if plan.left_out:
        lines.append(left_out_lines(plan.left_out))
    return "\n".join(lines)


def left_out_lines(left_out: Iterable[LeftOutOfPlan]) -> str:
    """`left_out`, an entry a line."""
    entries = [
        f"  {{{'question' if left.question else 'section'} = {quoted(left.name)}, why = {quoted(left.why)}}},"
        for left in left_out
    ]
    return "\n".join(["left_out = [", *entries, "]"]) if entries else "left_out = []"


def text_line(key: str, text: str) -> str:
    return f"{key} = {quoted(text)}"


def issue_lines(issue: PlannedIssue) -> str:
    """One `[[issue]]`."""
    texts = [text_line(key, getattr(issue, key)) for key in _ISSUE_TEXT]
    return "\n".join(["[[issue]]", *texts, *(list_lines(key, getattr(issue, key)) for key in _ISSUE_LISTS)])


def made_from_lines(plan: SeriesPlan) -> str:
    """The end of the file, for the next plan to read."""
    lines = [MADE_FROM_NOTE]
    for key in _MADE_FROM:
        prints = [entry for entry in plan.made_from if entry.question == (key == "questions")]
        if prints:
            lines.append(f"[made_from.{key}]")
            lines += [
                f"{quoted(entry.name)} = [{', '.join(map(quoted, (entry.heading, *entry.blocks)))}]"
                for entry in prints
            ]
    return "\n".join(lines)


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


def _tables(data: Mapping[str, Any], key: str, where: _Places) -> list[dict[str, Any]]:
    tables = data.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        message = f'The key {key} needs a list, such as {key} = [{{section = "types", why = "..."}}].'
        raise where.wrong(message, 0, key)
    return tables


def _left_out(table: Mapping[str, Any], where: _Places) -> LeftOutOfPlan:
    _known_keys(table, ("section", "question", "why"), where, 0)
    nouns = [noun for noun in ("section", "question") if noun in table]
    if len(nouns) != 1:
        raise where.wrong("Under left_out, name one section or one question.", 0, "left_out")
    if not isinstance(table.get("why"), str) or not table["why"].strip():
        raise where.wrong("Under left_out, say why: the reviewer reads it.", 0, "left_out")
    name, why = (_line_of_text(table, key, where, 0) for key in (nouns[0], "why"))
    return LeftOutOfPlan(name, why, nouns[0] == "question")


def _choice(
    data: Mapping[str, Any], key: str, kinds: type[_Choice], usual: _Choice, where: _Places
) -> _Choice:
    value = data.get(key, usual)
    if value not in list(kinds):
        raise where.wrong(f"The key {key} is {' or '.join(kinds)}, not {value!r}.", 0, key)
    return kinds(value)


def _made_from(data: Mapping[str, Any], where: _Places) -> Iterator[MadeFrom]:
    kept = data.get("made_from", {})
    wrong = where.wrong(
        "made_from is written by rounds plan. Take it out of the file, or leave it as it was.", 0, "made_from"
    )
    if not isinstance(kept, dict) or not set(kept) <= set(_MADE_FROM):
        raise wrong
    for key in _MADE_FROM:
        prints = kept.get(key, {})
        if not isinstance(prints, dict):
            raise wrong
        for name, said in prints.items():
            if not isinstance(said, list) or not said or not all(isinstance(text, str) for text in said):
                raise wrong
            yield MadeFrom(name, said[0], tuple(said[1:]), key == "questions")


def list_lines(key: str, ids: tuple[str, ...]) -> str:
    """A list on one line, or an entry a line where that would be long."""
    flat = f"{key} = [{', '.join(map(quoted, ids))}]"
    if len(flat) <= _WIDTH:
        return flat
    return "\n".join([f"{key} = [", *(f"  {quoted(entry)}," for entry in ids), "]"])


def quoted(text: str) -> str:
    """A TOML basic string: backslash, quotation mark and control characters are escaped."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    body = "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04X}" for c in plain)
    return f'"{body}"'
