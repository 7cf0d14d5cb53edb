"""Placeholder until the readers of feeds and exports are joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from pipeline.core.content.article import Reading
from pipeline.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Entry:
    key: str
    title: str
    url: str | None
    changed: datetime | None
    outcome: Reading | BadInput


def holds_many(head: bytes) -> bool:
    return False


def read_many(name: str, source: BinaryIO) -> Iterator[Entry]:
    yield from ()
