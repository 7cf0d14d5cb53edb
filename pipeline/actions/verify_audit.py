"""Is the audit log as it was written? Every line after the one before it, and all that this host wrote still there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.actions.record_audit import audit_folder
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import Line, examine
from pipeline.gateways import audit_file
from pipeline.store import audit, instance

MOST = 100  # findings that are told
HASH = 32  # bytes


@dataclass(frozen=True, slots=True)
class VerifiedAudit:
    """`outside`: how many lines the file of this host has. `head`: number and hash of the last line, `12:9f86d0...`."""

    lines: int
    outside: int
    head: str
    wrong: tuple[str, ...]


def verify_audit(held: str = "") -> VerifiedAudit:
    """`held`: a head that somebody kept elsewhere. Raises BadInput when it is not of that form.

    It holds a hash of each line in memory, 32 bytes.
    """
    number, wanted = _held(held)
    before: Line | None = None
    wrong: list[str] = []
    hashes: dict[int, bytes] = {}
    for line in audit.every():
        wrong += examine(line, before)
        hashes[line.seq] = line.hash
        before = line
        if len(wrong) >= MOST:
            break
    outside = list(audit_file.kept(audit_folder(), instance.read().uid))
    if len(wrong) < MOST:
        wrong += _outside(hashes, outside)
    if number and hashes.get(number) != wanted:
        wrong.append(f"Line {number} is not the one that was kept elsewhere.")
    head = f"{before.seq}:{before.hash.hex()}" if before else ""
    return VerifiedAudit(len(hashes), len(outside), head, tuple(wrong[:MOST]))


def _outside(hashes: dict[int, bytes], outside: list[tuple[int, bytes]]) -> Iterator[str]:
    for place, (number, hashed) in enumerate(outside, 1):
        if not number:
            yield f"Line {place} of the file of this host cannot be read: it was edited, or a crash cut it."
        elif number not in hashes:
            yield f"Line {number}, which this host wrote, is gone. Or the database was put back."
        elif hashes[number] != hashed:
            yield f"Line {number} is not the one that this host wrote. Or the database was put back."


def _held(held: str) -> tuple[int, bytes]:
    if not held:
        return 0, b""
    number, _, hashed = held.partition(":")
    try:
        found = int(number), bytes.fromhex(hashed)
        if found[0] < 1 or len(found[1]) != HASH:
            raise ValueError
        return found
    except ValueError:
        raise BadInput(
            f"{held!r} is not a line of the log. Write its number and hash as `rounds audit verify` prints them."
        ) from None
