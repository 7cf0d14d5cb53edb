"""Notes: the plain letters that a person gets one of, because of something they or we did (P-05, U-33).

A note is no newsletter and sells nothing. It has a title, a few paragraphs and at most one button, whose link ends in
a token of the note's own. What each kind says is a function of its values and of nothing else, so that the same note
is written at every attempt. Values hold no address and no topic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from pipeline.core.consent.tokens import Audience


class NoteKind(StrEnum):
    """What a note is about. Each has its words in `WORDS`."""

    SEAL = "seal"  # to the owner, once a day: the signed seal of the ledger


@dataclass(frozen=True, slots=True)
class Button:
    """What a note asks for. Its link is `<base>/<path>/<token>`, and the token names the note."""

    label: str
    path: str
    audience: Audience


@dataclass(frozen=True, slots=True)
class Note:
    """`title` is the subject too. `preheader` is what an inbox shows beside it."""

    title: str
    preheader: str
    paragraphs: tuple[str, ...]
    button: Button | None = None
    after: tuple[str, ...] = ()  # what follows the button


Values = Mapping[str, str]


def note_of(kind: NoteKind, values: Values) -> Note:
    """The words of a note. KeyError for a value that its kind needs and has not got."""
    return WORDS[kind](values)


def _seal(values: Values) -> Note:
    return Note(
        title=f"The seal of your consent ledger, {values['day']}",
        preheader="Keep this letter: it shows later that nothing before it was changed.",
        paragraphs=(
            "This is the newest seal over every yes and every no that your lists have heard, and its signature.",
            f"Seal: {values['number']}:{values['hash']}",
            f"Signature: {values['signature']}",
            f"Key: {values['key_id']}",
            "Keep this letter where nobody who runs the database can reach it. On any later day the command "
            "“rounds ledger verify --held”, followed by the seal as it stands above, says whether anything "
            "before it was changed.",
        ),
    )


WORDS: Mapping[NoteKind, Callable[[Values], Note]] = MappingProxyType({NoteKind.SEAL: _seal})
