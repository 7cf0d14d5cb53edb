"""JSON front matter, an object at the head of the file, as Hugo reads it."""

from __future__ import annotations

import json

from pipeline.core.content.importers.front_matter.plain_values import Places, from_plain
from pipeline.core.content.importers.front_matter.strict import LARGEST, Fields
from pipeline.core.errors import BadInput


def split(place: str, text: str) -> tuple[Fields, str, int]:
    """Fields, the body after them, and the line on which it begins. Raises `BadInput`: no body can be told apart."""
    try:
        value, end = json.JSONDecoder().raw_decode(text[:LARGEST].lstrip())
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise BadInput(
            "The front matter begins as JSON and is not valid. Look for a missing comma, quotation mark or brace.",
            place=place,
            line=line,
        ) from error
    end += len(text) - len(text.lstrip())
    head = text[:end]
    fields = from_plain(value if isinstance(value, dict) else {}, place, 1, Places(head.split("\n"), 1))
    return fields, text[end:], 1 + head.count("\n")
