"""The YAML between the `---` lines, as values that remember their line.

YAML's events are read one by one and every scalar is kept as it was typed, so that `no` is not False and a date is
not yet a date. Aliases, tags and deep nesting have no place in front matter and are refused: that is also what
defuses a file made to blow up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import yaml

from pipeline.core.content.inlines import tidy_text
from pipeline.core.errors import BadInput

LARGEST = 128 * 1024  # characters; a hundred references take a quarter of it
DEEPEST = 4  # mapping, list, mapping, scalar


@dataclass(frozen=True, slots=True)
class Scalar:
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    values: tuple[Value, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping. It answers with typed values, or with a sentence that names the field and its line."""

    values: Mapping[str, Value]
    line: int
    place: str

    def only(self, known: frozenset[str], what: str) -> None:
        for name, value in self.values.items():
            if name not in known:
                raise self._bad(
                    f"{what} has no field '{name[:60]}'. The fields are {', '.join(sorted(known))}.", value
                )

    def line_of(self, name: str) -> int:
        value = self.values.get(name)
        return value.line if value else self.line

    def text(self, name: str) -> str:
        """One line of text; empty where the field is empty or absent."""
        return tidy_text(self.long_text(name))

    def long_text(self, name: str) -> str:
        """Text whose line breaks count."""
        value = self.values.get(name)
        if value is None:
            return ""
        if not isinstance(value, Scalar):
            raise self._bad(f"'{name}' takes text.", value)
        return value.text.strip()

    def needed(self, name: str, what: str) -> str:
        text = self.text(name)
        if not text:
            raise BadInput(
                f"{what} has no {name}. Write `{name}: ...`.", place=self.place, line=self.line_of(name)
            )
        return text

    def day(self, name: str) -> date | None:
        text = self.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise self._bad(f"'{name}' takes a date such as 2026-11-23.", self.values[name]) from error

    def fields(self, name: str) -> Fields | None:
        value = self.values.get(name)
        if value is None or (isinstance(value, Scalar) and not value.text):
            return None
        if not isinstance(value, Fields):
            raise self._bad(f"'{name}' takes fields, one a line and indented.", value)
        return value

    def rows(self, name: str) -> tuple[Fields, ...]:
        """A list whose every entry is fields."""
        entries = self._sequence(name)
        for entry in entries:
            if not isinstance(entry, Fields):
                raise self._bad(f"Each entry of '{name}' takes fields, such as `- name: ...`.", entry)
        return tuple(entry for entry in entries if isinstance(entry, Fields))

    def texts(self, name: str) -> tuple[str, ...]:
        entries = self._sequence(name)
        for entry in entries:
            if not isinstance(entry, Scalar):
                raise self._bad(f"Each entry of '{name}' takes text. Put it between quotation marks.", entry)
        return tuple(
            entry.text.strip() for entry in entries if isinstance(entry, Scalar) and entry.text.strip()
        )

    def _sequence(self, name: str) -> tuple[Value, ...]:
        value = self.values.get(name)
        if value is None or (isinstance(value, Scalar) and not value.text):
            return ()
        if not isinstance(value, Sequence):
            raise self._bad(f"'{name}' takes a list: one entry a line, each after `- `.", value)
        return value.values

    def _bad(self, message: str, value: Value) -> BadInput:
        return BadInput(message, place=self.place, line=value.line)


Value = Scalar | Sequence | Fields


@dataclass(frozen=True, slots=True)
class Split:
    fields: Fields
    body: str
    body_line: int  # the line of the file on which `body` starts, from 1


def split(name: str, text: str) -> Split:
    """Front matter and the body under it. Raises `BadInput` with the line."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise BadInput(
            "There is no front matter. Begin the file with a line `---`, then `title: ...`, then `---`.",
            place=name,
            line=1,
        )
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
    if end is None:
        raise BadInput("The front matter is not closed. End it with a line `---`.", place=name, line=1)
    return Split(_parse(name, "\n".join(lines[1:end])), "\n".join(lines[end + 1 :]), end + 2)


def _parse(name: str, source: str) -> Fields:
    if len(source) > LARGEST:
        raise BadInput(
            "The front matter is larger than 128 KiB. Move words into the body.", place=name, line=1
        )
    try:
        value = _Builder(name, yaml.parse(source, Loader=yaml.SafeLoader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BadInput(
            f"The front matter is not valid YAML: {error.problem or error.context}. "
            "Look for a missing quotation mark, a colon inside text, or an indent.",
            place=name,
            line=(mark.line if mark else 0) + 2,
        ) from error
    except yaml.reader.ReaderError as error:
        line = source.count("\n", 0, error.position) + 2
        raise BadInput(
            "The front matter holds a character that YAML refuses.", place=name, line=line
        ) from error
    if not isinstance(value, Fields):
        raise BadInput("The front matter takes fields such as `title: ...`.", place=name, line=2)
    return value


class _Builder:
    """Values from YAML events, depth first."""

    def __init__(self, place: str, events: Iterator[yaml.Event]) -> None:
        self._place = place
        self._events = events

    def document(self) -> Value:
        for event in self._events:
            if isinstance(event, yaml.StreamEndEvent | yaml.DocumentEndEvent):
                break
            if isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
                continue
            value = self._value(event, DEEPEST)
            for rest in self._events:
                if isinstance(rest, yaml.DocumentStartEvent):
                    raise self._bad("The front matter is one YAML document.", rest)
            return value
        return Fields({}, 1, self._place)

    def _value(self, event: yaml.Event, depth: int) -> Value:
        if depth == 0:
            raise self._bad("The front matter is nested too deeply.", event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._bad(
                "Front matter has no anchors and aliases (`&name`, `*name`): put the text in quotes.", event
            )
        if isinstance(event, yaml.ScalarEvent):
            typed = not event.implicit[0] and not event.implicit[1]
            if typed:
                raise self._bad("Front matter has no tags (`!name`): put the text in quotes.", event)
            empty = event.style is None and event.value in ("", "~", "null")
            return Scalar("" if empty else event.value, _line(event))
        if getattr(event, "tag", None):
            raise self._bad("Front matter has no tags (`!name`).", event)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(self._sequence(depth)), _line(event))
        return Fields(self._mapping(depth), _line(event), self._place)

    def _sequence(self, depth: int) -> Iterator[Value]:
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
            if not isinstance(key, Scalar):
                raise self._bad("The name of a field is a word.", event)
            if key.text in values:
                raise self._bad(f"The field '{key.text[:60]}' stands twice. Keep one.", event)
            value = self._value(next(self._events), depth - 1)
            values[key.text] = value
        return values

    def _bad(self, message: str, event: yaml.Event) -> BadInput:
        return BadInput(message, place=self._place, line=_line(event))


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return (mark.line if mark else 0) + 2
