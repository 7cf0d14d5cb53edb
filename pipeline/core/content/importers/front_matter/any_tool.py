"""The front matter of any tool, found and read: YAML, TOML, JSON, or none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.core.content.article import Severity
from pipeline.core.content.importers.front_matter import json_head as front_matter_json
from pipeline.core.content.importers.front_matter import loose as front_matter_loose
from pipeline.core.content.importers.front_matter import toml_head as front_matter_toml
from pipeline.core.content.importers.front_matter.loose import BROKEN_RULE
from pipeline.core.content.importers.front_matter.strict import Fields
from pipeline.core.content.importers.notes import Notes

_FENCES = {"---": ("---", "..."), "+++": ("+++",)}
_GOES_ON = re.compile(r"""\s+\S|-\s|-$|["']?[\w][\w .-]{0,80}["']?\s*[:=]|\[\[?[\w.]|[\]}#](?!#*\s)|\s*$""")


@dataclass(frozen=True, slots=True)
class Front:
    """`body` begins on `body_line` of the file."""

    fields: Fields
    body: str
    body_line: int


def split(place: str, text: str, notes: Notes) -> Front:
    """Raises `BadInput` for JSON that is broken; any other front matter is read as far as it goes."""
    if re.match(r"\s*\{\s*\"", text):
        return Front(*front_matter_json.split(place, text))
    lines = text.split("\n")
    start = next((n for n, line in enumerate(lines) if line.strip()), 0)
    fence = lines[start].rstrip()
    if fence not in _FENCES:
        return Front(Fields({}, 1, place), text, 1)
    closing = _FENCES[fence]
    end = next((n for n in range(start + 1, len(lines)) if lines[n].rstrip() in closing), None)
    if end is None:
        end = _where_it_stops(lines, start + 1)
        notes.find(
            BROKEN_RULE,
            Severity.B,
            start + 1,
            fence,
            f"The front matter is not closed. It was read up to line {end}; end it with a line `{fence}`.",
        )
        body_at = end
    else:
        body_at = end + 1
    parse = front_matter_toml.parse if fence == "+++" else front_matter_loose.parse
    inner = lines[start + 1 : end]
    fields = parse(place, inner, start + 2, notes) if any(inner) else Fields({}, 1, place)
    return Front(fields, "\n".join(lines[body_at:]), body_at + 1)


def _where_it_stops(lines: list[str], start: int) -> int:
    """The first line that can be no more of the fields: a heading, or prose after a blank line."""
    after_blank = False
    for at in range(start, len(lines)):
        line = lines[at]
        if re.match(r"#{1,6}\s", line) or _GOES_ON.match(line) is None:
            return at
        if after_blank and line.strip() and re.match(r"""["']?[\w-]{1,60}["']?\s*[:=]""", line) is None:
            return at
        after_blank = not line.strip()
    return len(lines)
