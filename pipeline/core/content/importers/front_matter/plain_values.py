"""Values of a parser that tells no lines (TOML, JSON) as fields that have some: a key's line is where it is written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from pipeline.core.content.importers.front_matter.strict import Fields, Scalar, Value
from pipeline.core.content.importers.front_matter.strict import Sequence as Row

_KEY = re.compile(r"""[\w.-]{1,60}(?=["']?\s{0,9}[=:])|(?<=\[)[\w.-]{1,60}(?=\])""")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DEEPEST = 12


class Places:
    """Where each key stands. A key that stands more than once is met in the order of the file."""

    def __init__(self, lines: Sequence[str], first_line: int) -> None:
        self._lines: dict[str, list[int]] = defaultdict(list)
        for number, line in enumerate(lines, first_line):
            for key in _KEY.findall(line):
                self._lines[key].append(number)
        self._met: dict[str, int] = defaultdict(int)

    def of(self, key: str, otherwise: int) -> int:
        lines = self._lines.get(key)
        if not lines:
            return otherwise
        at = min(self._met[key], len(lines) - 1)
        self._met[key] += 1
        return lines[at]


def from_plain(values: Mapping[str, object], place: str, line: int, where: Places) -> Fields:
    return _fields(values, place, line, where, _DEEPEST)


def _fields(values: Mapping[str, object], place: str, line: int, where: Places, depth: int) -> Fields:
    found: dict[str, Value] = {}
    for key, value in values.items():
        at = where.of(str(key), line)
        found[str(key)] = _value(value, place, at, where, depth - 1)
    return Fields(found, min((value.line for value in found.values()), default=line), place)


def _value(value: object, place: str, line: int, where: Places, depth: int) -> Value:
    if depth > 0 and isinstance(value, Mapping):
        return _fields(value, place, line, where, depth)
    if depth > 0 and isinstance(value, list):
        return Row(tuple(_value(entry, place, line, where, depth - 1) for entry in value), line)
    if value is None:
        return Scalar("", line)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return Scalar(_CONTROL.sub(" ", text), line)
