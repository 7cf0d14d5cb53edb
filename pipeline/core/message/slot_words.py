"""Words that look like a slot, and are refused before anything is rendered from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from pipeline.core.content.article import Cite, Run
from pipeline.core.errors import BadInput
from pipeline.core.message.slots import slot_names


def refuse_slots(value: object, place: str, line: int = 0) -> None:
    """Refuse words that look like a slot: once rendered, nothing would tell them from one."""
    for text, at in _texts(value, line):
        for name in slot_names(text):
            raise BadInput(
                f"The words hold [[{name}]], which is a slot. Reword them.", place=place, line=at or None
            )


def _texts(value: object, line: int) -> Iterator[tuple[str, int]]:
    """Every stretch of words in a value, with its line; the runs of one paragraph count as one stretch."""
    if isinstance(value, str):
        yield value, line
    elif isinstance(value, (tuple, list)):
        if value and all(isinstance(part, (Run, Cite)) for part in value):
            yield "".join(part.text for part in value if isinstance(part, Run)), line
        for part in value:
            yield from _texts(part, line)
    elif is_dataclass(value):
        at = getattr(value, "line", line) or line
        for field in fields(value):
            yield from _texts(getattr(value, field.name), at)
