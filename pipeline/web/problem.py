"""What a form's page says when something is wrong: the sentence, and the field that it is about (WCAG 2.2, 3.3.1)."""

from __future__ import annotations

from typing import Self

from pipeline.core.errors import RoundsError


class Problem(str):
    """A sentence to show. `field` is the name of the field that it is about; empty where it is about none alone."""

    __slots__ = ("field",)
    field: str

    def __new__(cls, sentence: str, field: str = "") -> Self:
        made = super().__new__(cls, sentence)
        made.field = field
        return made


def problem(error: RoundsError) -> Problem:
    """What `error` says, and of which field."""
    return Problem(str(error), getattr(error, "field", ""))
