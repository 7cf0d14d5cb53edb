"""The hash tree of RFC 6962 section 2.1, over hashes of leaves: its root, and the path that leads one leaf to it."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf(data: bytes) -> bytes:
    """Never the hash of a node: the first byte keeps the two apart."""
    return sha256(b"\0" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over so many leaves, level by level. One without a neighbour goes up as it is, as the RFC's split at the
    largest power of two has it.
    """
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0] if level else EMPTY


def path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The neighbours that lead leaf `index` (from 0) to the root, from below. IndexError for one that is not there."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} among {len(leaves)}")
    level, found = list(leaves), []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            found.append(level[beside])
        level, index = _above(level), index // 2
    return tuple(found)


def root_of_path(hashed: bytes, index: int, size: int, neighbours: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its path give, for whoever has nothing else; None where the path does not fit."""
    if not 0 <= index < size:
        return None
    left = list(neighbours)
    while size > 1:
        if index ^ 1 < size:
            if not left:
                return None
            beside = left.pop(0)
            hashed = node(beside, hashed) if index % 2 else node(hashed, beside)
        index, size = index // 2, (size + 1) // 2
    return None if left else hashed


def _above(level: list[bytes]) -> list[bytes]:
    pairs = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs
