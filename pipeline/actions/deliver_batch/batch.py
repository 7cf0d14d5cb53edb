"""What one sender did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Batch:
    """`route_failed` says in a sentence why the sender stopped early, if it did."""

    accepted: int = 0
    settled: int = 0
    route_failed: str = ""
