"""What was found wrong after it went out, and where that stands (E-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class FaultState(StrEnum):
    """A fault is answered once each way at most: what was recalled may be corrected later, and nothing comes after a
    correction. A mark that was made in error is lifted, and nothing comes after that either.
    """

    WRONG = "wrong"  # marked, and stopped
    RECALLED = "recalled"  # stopped for good, with a note and without a letter
    CORRECTING = "correcting"  # what is still on the wire of the faulty version is waited for
    CORRECTED = "corrected"  # the letters are a campaign of their own
    LIFTED = "lifted"  # it was right; what was stopped goes on


@dataclass(frozen=True, slots=True)
class Answer:
    """What was done. `wrong` and `right` are what readers are told: both by a correction, the first by a word in the
    archive, none otherwise. `reason` is for us alone.
    """

    id: int
    kind: str
    wrong: str
    right: str
    member: str
    at: datetime
    carried_out_at: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """`series` and `number` name the issue that is wrong; without them it is all that was made from the revision.
    `reason` is for us: what readers are told is an answer of its own.
    """

    id: int
    article: str
    digest: str
    revision_id: int
    series: str
    number: int | None
    reason: str
    member: str
    marked_at: datetime
    answers: tuple[Answer, ...] = ()

    def answer(self, kind: str) -> Answer | None:
        return next((each for each in self.answers if each.kind == kind), None)

    @property
    def state(self) -> FaultState:
        corrected = self.answer("corrected")
        if corrected is not None:
            return FaultState.CORRECTED if corrected.carried_out_at else FaultState.CORRECTING
        if self.answer("lifted"):
            return FaultState.LIFTED
        return FaultState.RECALLED if self.answer("recalled") else FaultState.WRONG

    @property
    def subject(self) -> str:
        """`breast-calcifications, issue 3` or `breast-calcifications`."""
        return f"{self.series}, issue {self.number}" if self.number else self.article


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a faulty version reached, in people. `uncertain`: it may have reached them. `consenting`: those of both
    who would get a letter today. `unsent`: letters that were stopped; `in_hand`: those that a sender holds or that are
    on the wire. `unopened`: issues that had not begun to go out.
    """

    received: int
    uncertain: int
    consenting: int
    unsent: int
    in_hand: int
    unopened: int


def note(fault: Fault) -> tuple[date, str]:
    """The dated note that the archive shows, as (day, sentence). A mark says nothing of its own: whoever makes it is in
    a hurry, and may be mistaken.
    """
    corrected, recalled, lifted = (fault.answer(kind) for kind in ("corrected", "recalled", "lifted"))
    told = fault.answer("told")
    if corrected is not None:
        return corrected.at.date(), f"{corrected.wrong} {corrected.right}"
    if lifted is not None:
        day = fault.marked_at.date()
        return lifted.at.date(), (
            f"On {day.day} {day:%B %Y} we asked you not to act on what it says, while we looked into it. We found that"
            " it is right as it stands."
        )
    if recalled is not None:
        return recalled.at.date(), f"{told.wrong if told else TAKEN_BACK} Please do not act on what it says."
    said = told.wrong if told else DOUBTED
    return (
        told.at if told else fault.marked_at
    ).date(), f"{said} We are looking into it; please do not act on what it says."


DOUBTED = "Something in it may be wrong."
TAKEN_BACK = "We have taken it back."

NOTE_WORDS = {
    FaultState.WRONG: "In question since",
    FaultState.RECALLED: "Recalled on",
    FaultState.CORRECTING: "Corrected on",
    FaultState.CORRECTED: "Corrected on",
    FaultState.LIFTED: "Looked into on",
}


def same_words(one: str, other: str) -> bool:
    """Whether two issues say the same, by their text parts. Who reviewed them, and when, is no word of the article."""
    return _said(one) == _said(other)


def covers(letter: str, signed: str, reviewer: str, registration: str) -> bool:
    """Whether a signature on the text part `signed` is on an earlier letter as well: it says the same, and names the
    same clinician, who may not be somebody that took their name back.
    """
    said = " ".join(letter.split())
    return reviewer in said and registration in said and same_words(letter, signed)


_REVIEW = (
    "Page last reviewed:",
    "Next review due:",
    "Awaiting clinical review.",
    "This issue was signed off for a demonstration",
)


def _said(text: str) -> Sequence[str]:
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return [part for part in paragraphs if part and not any(mark in part for mark in _REVIEW)]
