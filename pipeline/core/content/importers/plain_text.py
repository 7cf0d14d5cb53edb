"""Reads a page of plain text."""

from __future__ import annotations

from pipeline.core.content.article import Reading
from pipeline.core.errors import BadInput


def read(name: str, text: str) -> Reading:
    raise BadInput("Plain text cannot be read yet.", place=name)
