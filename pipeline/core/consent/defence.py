"""How hard a sign-up is made, by how many there have been lately (D-08): calm for people, dear for robots."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Defence:
    """`cost`: rounds of PBKDF2-SHA-256 in each try of the puzzle. `zeros`: with how many, in hex, its key has to begin,
    which takes 16 to that power tries on average. `second_step`: without a solved puzzle, a person is asked to press
    once more, on a page of its own.
    """

    cost: int
    zeros: int
    second_step: bool


# Half a million rounds, two and a half, and ten. A try costs a browser 0.1 ms beside its rounds, so that few dear ones
# are kindest to a phone. It costs the server one for each answer: under attack there are many cheap ones.
CALM = Defence(2_000, 2, second_step=False)
BUSY = Defence(625, 3, second_step=True)
STORM = Defence(2_500, 3, second_step=True)

BUSY_FROM, STORM_FROM = 0.1, 0.5  # of the most confirmation mails that an hour may see


def defence(lately: int, most: int) -> Defence:
    """`lately`: sign-ups in the last hour; `most`: the global cap of an hour (D-06)."""
    if lately >= most * STORM_FROM:
        return STORM
    return BUSY if lately >= most * BUSY_FROM else CALM
