"""TOML front matter, between lines of `+++`, as Hugo and Zola write it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence

from pipeline.core.content.article import Severity
from pipeline.core.content.importers.front_matter.loose import BROKEN_RULE
from pipeline.core.content.importers.front_matter.plain_values import Places, from_plain
from pipeline.core.content.importers.front_matter.strict import LARGEST, Fields
from pipeline.core.content.importers.notes import Notes

_LINE = re.compile(r"at line (\d+)")
_SIMPLE = re.compile(r"""["']?([\w.-]{1,60})["']?\s*=\s*(.*)""")
_MOST = 2000  # lines that are tried one by one


def parse(place: str, lines: Sequence[str], first_line: int, notes: Notes) -> Fields:
    """The fields in `lines`, which begin on `first_line` of the file. tomllib tells no lines: they are looked up."""
    source = "\n".join(lines)
    where = Places(lines, first_line)
    try:
        if len(source) > LARGEST:
            raise ValueError("it is larger than 128 KiB")
        return from_plain(tomllib.loads(source), place, first_line, where)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        match = _LINE.search(why)
        at = min(int(match.group(1)), len(lines)) - 1 if match else 0
        notes.find(
            BROKEN_RULE,
            Severity.B,
            first_line + max(at, 0),
            lines[at] if lines else "",
            f"The front matter is not valid TOML: {why[:120]}. Each line was read by itself instead.",
        )
        return from_plain(_line_by_line(lines, first_line, notes), place, first_line, where)


def _line_by_line(lines: Sequence[str], first_line: int, notes: Notes) -> Mapping[str, object]:
    """The fields before the first `[table]` that stand on one line each; the rest is told as lost."""
    values: dict[str, object] = {}
    for number, line in enumerate(lines[:_MOST], first_line):
        if not line.strip() or line.startswith("#"):
            continue
        match = _SIMPLE.match(line)
        try:
            read = tomllib.loads(line) if match and len(line) < LARGEST // 64 else {}
        except (ValueError, RecursionError):
            read = {}
        fresh = {key: value for key, value in read.items() if key not in values}
        if not fresh:
            message = "This line of the front matter cannot be read, and it was lost."
            notes.find(BROKEN_RULE, Severity.B, number, line, message)
        if line.startswith("["):
            message = "The front matter was not read from this line on."
            notes.find(BROKEN_RULE, Severity.B, number, line, message)
            break
        values |= fresh
    return values
