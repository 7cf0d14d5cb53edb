"""How commands answer: in words for people, or as one JSON value for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from pipeline.core.unseen import escaped, shown

# `--json` of a command that answers; it arrives as the argument `as_json`.
json_option: Callable[[Any], Any] = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


def answer(data: Any, text: str, as_json: bool) -> None:
    """Print `data` as JSON, or `text`. Times are ISO 8601; an enum is its value."""
    if as_json:
        click.echo(escaped(json.dumps(data, ensure_ascii=False, indent=2, default=_plain)))
    else:
        say(text)


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print words that may quote a source: no terminal does what they hold."""
    click.echo(shown(text), err=err, nl=nl)


def answer_lines(rows: Iterable[Any]) -> None:
    """Print one JSON value a line, as they come: for answers too long to hold."""
    for row in rows:
        click.echo(escaped(json.dumps(row, ensure_ascii=False, default=_plain)))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value, key=str) if not isinstance(value, tuple) else list(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
