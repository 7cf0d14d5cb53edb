"""How hard a sign-up is made, by how many there have been lately (D-08): calm for people, dear for robots."""

from __future__ import annotations

from dataclasses import dataclass

PUZZLE_TRIES = 256  # on average, to find a key that begins with a zero byte


@dataclass(frozen=True, slots=True)
class Defence:
    """`cost`: rounds of PBKDF2-SHA-256 in each try of the puzzle. `second_step`: without a solved puzzle, a person is
    asked to press once more, on a page of its own.
    """

    cost: int
    second_step: bool


CALM = Defence(2_000, second_step=False)
BUSY = Defence(10_000, second_step=True)
STORM = Defence(40_000, second_step=True)

BUSY_FROM, STORM_FROM = 0.1, 0.5  # of the most confirmation mails that an hour may see


def defence(lately: int, most: int) -> Defence:
    """`lately`: sign-ups in the last hour; `most`: the global cap of an hour (D-06)."""
    if lately >= most * STORM_FROM:
        return STORM
    return BUSY if lately >= most * BUSY_FROM else CALM
