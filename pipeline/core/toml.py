"""A TOML file as its tables, or a sentence that names the line."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pipeline.core.errors import BadInput

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|[^()]*)\)$")


def text_of(place: str, source: bytes) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise BadInput("This is not UTF-8 text. Save the file as UTF-8.", place=place, line=line) from error


def parsed(place: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        line = int(found[1]) if found and found[1] else max(1, len(text.splitlines()))
        why = _PLACE.sub("", str(error))
        raise BadInput(f"This is not valid TOML: {why}.", place=place, line=line) from error
