"""What is done to the body before it is parsed, in this order. Each pass keeps the count of lines."""

from __future__ import annotations

from pipeline.core.content.importers import wikilinks
from pipeline.core.content.importers.front_matter_any import Front
from pipeline.core.content.importers.notes import Notes


def run(front: Front, notes: Notes) -> str:
    text, line = front.body, front.body_line
    return wikilinks.take(text, line, notes)
