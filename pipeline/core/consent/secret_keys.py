"""The secrets of an installation, each under a number of its own: the `kid` that tokens carry (S-16, U-13).

The highest number is in force: what is made anew is made under it. The others are kept for what was made before. The
first finds people by their addresses for ever, since a hash of an address that nobody knows any more cannot be made
anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.core.errors import BadInput

FIRST = 1
LAST = 255  # a kid is one byte
SHORTEST = 32  # characters

_NEXT = re.compile(r"\s+(?=\d{1,3}:)")


@dataclass(frozen=True, slots=True)
class SecretKeys:
    """`of` is in the order of the numbers, and begins with the first."""

    of: tuple[tuple[int, str], ...] = field(repr=False)

    @property
    def kid(self) -> int:
        """The number of the one in force."""
        return self.of[-1][0]

    @property
    def in_force(self) -> str:
        return self.of[-1][1]

    @property
    def first(self) -> str:
        return self.of[0][1]

    @property
    def newest_first(self) -> tuple[tuple[int, str], ...]:
        return self.of[::-1]


def secret_keys(in_force: str, old: Mapping[int, str]) -> SecretKeys:
    """Put them in order. Raises BadInput where the first is missing, or one is in force that was replaced.

    A secret that is among the older ones as the newest of them is in force still: whoever changed it was cut short
    between the two files.
    """
    if not old:
        return SecretKeys(((FIRST, in_force),))
    if FIRST not in old:
        raise BadInput(
            "the older secrets lack number 1. People are found by their addresses under it, for ever: put it back, as"
            " 1:SECRET."
        )
    newest = max(old)
    same = [kid for kid, secret in old.items() if secret == in_force]
    if same and same != [newest]:
        raise BadInput(
            f"the secret in force is number {same[0]} of the older ones, and number {newest} came after it. Set the"
            " newest one."
        )
    if not same and newest == LAST:
        raise BadInput(f"there is no number after {LAST}: a link names its secret in one byte.")
    return SecretKeys(tuple(sorted((old if same else {**old, newest + 1: in_force}).items())))


def parse_old(text: str) -> dict[int, str]:
    """`1:SECRET 2:SECRET`, with blanks or line breaks between. Raises BadInput, which repeats no secret."""
    found: dict[int, str] = {}
    for place, word in enumerate(_NEXT.split(text.strip()) if text.strip() else (), 1):
        number, colon, secret = word.partition(":")
        kid = int(number) if number.isdecimal() and len(number) <= 3 else 0
        if not colon or not FIRST <= kid <= LAST:
            raise BadInput(
                f"entry {place} has no number. Write number:secret, such as 1:abc..., and several with blanks."
            )
        if kid in found:
            raise BadInput(f"number {kid} stands there twice. Write each once.")
        if len(secret) < SHORTEST:
            raise BadInput(
                f"secret {kid} has {len(secret)} characters, and none was ever taken with fewer than {SHORTEST}. Use"
                " the whole of it."
            )
        found[kid] = secret
    return found


def written(old: Mapping[int, str]) -> str:
    """As `parse_old` reads it, a line each. Raises BadInput for one that would be read as something else."""
    text = "".join(f"{kid}:{secret}\n" for kid, secret in sorted(old.items()))
    if parse_old(text) != dict(old):
        raise BadInput(
            "a secret with a break or a number and a colon in it cannot be kept beside others. Use the environment:"
            " ROUNDS_SECRET_KEY and ROUNDS_OLD_SECRET_KEYS."
        )
    return text
