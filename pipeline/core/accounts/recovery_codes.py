"""Recovery codes: what lets a member in whose telephone is lost. Each works once."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence

COUNT = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
GROUPS, IN_A_GROUP = 3, 4  # 59 bits: nobody guesses one, whatever they can guess in a second


def make_codes(choose: Callable[[str], str]) -> tuple[str, ...]:
    """Ten codes such as `k7mt-q2wd-9hxa`. `choose` picks one letter at random, as `secrets.choice` does."""

    def group() -> str:
        return "".join(choose(LETTERS) for _ in range(IN_A_GROUP))

    return tuple("-".join(group() for _ in range(GROUPS)) for _ in range(COUNT))


def digest(code: str, member_id: int, key: bytes) -> bytes:
    """What is kept of a code: HMAC-SHA256 of its letters, 32 bytes. Hyphens, blanks and capitals do not matter."""
    letters = "".join(mark for mark in code.casefold() if mark.isalnum())
    return hmac.digest(key, f"{member_id} {letters}".encode(), "sha256")


def digests(codes: Sequence[str], member_id: int, key: bytes) -> list[bytes]:
    return [digest(code, member_id, key) for code in codes]
