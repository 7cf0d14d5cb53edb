"""YAML front matter as other tools write it, whole or broken.

What is valid is read as it is. Where the whole is not, each field is read by itself, so that one slip costs one field
and not the article; what was put right or lost is a finding with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from pipeline.core.content.article import Severity
from pipeline.core.content.importers.front_matter.strict import LARGEST, Fields, Scalar, Value
from pipeline.core.content.importers.front_matter.strict import Sequence as Row
from pipeline.core.content.importers.notes import Notes

BROKEN_RULE = "front-matter"

_DEEPEST = 8  # of values; a list of references with authors takes 6
_MOST = 2000  # fields of a broken front matter; a person writes a fiftieth of it
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_KEY = re.compile(r"""(?P<q>["']?)(?P<key>[\w][\w .-]{0,80}?)(?P=q)[ \t]*:(?:[ \t]+(?P<value>\S.*)?)?$""")
_OPENS = ("|", ">", "[", "{", "&", "*", "!", '"', "'")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class _BrokenError(Exception):
    """Not YAML, or not what we take of it. `line` counts from 0 in the source."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line
        self.why = why


def parse(place: str, lines: Sequence[str], first_line: int, notes: Notes) -> Fields:
    """The fields in `lines`, which begin on `first_line` of the file."""
    lines = _without_tabs(lines, first_line, notes)
    source = "\n".join(lines)
    if len(source) > LARGEST:
        notes.find(
            BROKEN_RULE,
            Severity.B,
            first_line,
            lines[0],
            "The front matter is larger than 128 KiB and was not read. Move words into the body.",
        )
        return Fields({}, first_line, place)
    try:
        value = _Builder(place, source, first_line, notes).document()
    except _BrokenError as error:
        notes.find(
            BROKEN_RULE,
            Severity.B,
            first_line + error.line,
            lines[error.line] if error.line < len(lines) else "",
            f"The front matter is not valid YAML here: {error.why}. Each field was read by itself instead.",
        )
        return _field_by_field(place, lines, first_line, notes)
    if isinstance(value, Fields):
        return value
    notes.find(
        BROKEN_RULE, Severity.B, first_line, lines[0], "The front matter holds no fields; it was lost."
    )
    return Fields({}, first_line, place)


def _without_tabs(lines: Sequence[str], first_line: int, notes: Notes) -> list[str]:
    out = []
    told = False
    for number, line in enumerate(lines, first_line):
        stripped = line.lstrip(" \t")
        indent = line[: len(line) - len(stripped)]
        if "\t" in indent and stripped:
            if not told:
                message = (
                    "A tab indents this line, which YAML forbids. It was read as two spaces; so were others."
                )
                notes.find(BROKEN_RULE, Severity.B, number, stripped, message)
                told = True
            line = indent.replace("\t", "  ") + stripped
        out.append(line)
    return out


def _field_by_field(place: str, lines: Sequence[str], first_line: int, notes: Notes) -> Fields:
    values: dict[str, Value] = {}
    for at, group in _groups(lines):
        line = first_line + at
        match = _KEY.match(group[0]) if not group[0].startswith((" ", "-")) else None
        if match is None:
            if group[0].strip() and not group[0].startswith("#"):
                message = "This line of the front matter is no field, and it was lost."
                notes.find(BROKEN_RULE, Severity.B, line, group[0], message)
            continue
        key = match["key"]
        if key in values:
            _tell_twice(key, line, values[key].line, group[0], notes)
        elif len(values) < _MOST:
            values[key] = _one_field(place, match, group, line, notes)
    return Fields(values, first_line, place)


def _one_field(place: str, match: re.Match[str], group: Sequence[str], line: int, notes: Notes) -> Value:
    typed = (match["value"] or "").strip()
    if len(group) == 1 and not typed.startswith(_OPENS):
        if ": " in typed or typed.endswith(":"):
            message = (
                "A colon stands in this text without quotation marks. The whole line was taken as the text."
            )
            notes.find(BROKEN_RULE, Severity.B, line, group[0], message)
        return Scalar(_CONTROL.sub(" ", typed), line)
    try:
        value = _Builder(place, "\n".join(group), line, notes).document()
        if isinstance(value, Fields) and len(value.values) == 1:
            return next(iter(value.values.values()))
    except _BrokenError:
        pass
    text = _CONTROL.sub(" ", typed.strip("\"'[]{}|>&*! "))
    lost = ", and the lines under it were lost" if len(group) > 1 else ""
    message = f"The value of '{match['key']}' is broken. It was read as '{text[:60]}'{lost}: check it."
    notes.find(BROKEN_RULE, Severity.B, line, " ".join(group), message)
    return Scalar(text, line)


def _groups(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Each line at the left edge with what is indented, or listed, under it."""
    start, group = 0, list[str]()
    for at, line in enumerate(lines):
        if not group or (line.strip() and not line.startswith((" ", "- ")) and line != "-"):
            if group:
                yield start, group
            start, group = at, []
        group.append(line)
    if group:
        while len(group) > 1 and not group[-1].strip():
            group.pop()
        yield start, group


def _tell_twice(key: str, line: int, first: int, quote: str, notes: Notes) -> None:
    message = f"The field '{key[:60]}' stands on line {first} too. The first was kept; this one was lost."
    notes.find(BROKEN_RULE, Severity.B, line, quote, message)


class _Builder:
    """Values from YAML events. Anchors and aliases are no part of front matter: a file made to blow up has them."""

    def __init__(self, place: str, source: str, first_line: int, notes: Notes) -> None:
        self._place = place
        self._source = source
        self._first = first_line
        self._notes = notes

    def document(self) -> Value:
        try:
            self._events = iter(yaml.parse(self._source, Loader=_LOADER))
            for event in self._events:
                if isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
                    continue
                if isinstance(event, yaml.StreamEndEvent | yaml.DocumentEndEvent):
                    break
                value = self._value(event, _DEEPEST)
                for _ in self._events:
                    pass  # what comes after must be valid too
                return value
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise _BrokenError(mark.line if mark else 0, str(error.problem or error.context)) from error
        except yaml.reader.ReaderError as error:
            line = self._source.count("\n", 0, max(error.position, 0))
            raise _BrokenError(line, "a character that YAML refuses") from error
        return Fields({}, self._first, self._place)

    def _value(self, event: yaml.Event, depth: int) -> Value:
        if depth == 0:
            raise _BrokenError(_at(event), "it is nested too deeply")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _BrokenError(_at(event), "anchors and aliases (`&name`, `*name`) are not read")
        line = self._first + _at(event)
        if isinstance(event, yaml.ScalarEvent):
            empty = event.style in (None, "") and event.value in ("", "~", "null")
            return Scalar("" if empty else _CONTROL.sub(" ", event.value), line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Row(tuple(self._entries(depth)), line)
        return Fields(self._mapping(depth), line, self._place)

    def _entries(self, depth: int) -> Iterator[Value]:
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._value(event, depth - 1)

    def _mapping(self, depth: int) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._value(event, depth - 1)
            value = self._value(next(self._events), depth - 1)
            if not isinstance(key, Scalar):
                continue
            if key.text in values:
                _tell_twice(key.text, key.line, values[key.text].line, key.text, self._notes)
            else:
                values[key.text] = value
        return values


def _at(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark else 0
