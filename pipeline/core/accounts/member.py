"""A member of staff, as lists show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Who:
    """A member, as actions are told of one."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """`factors` counts authenticator apps and passkeys; `sessions` those that are open now."""

    id: int
    name: str
    admin: bool
    locked: bool
    factors: int
    recovery_codes: int
    sessions: int
    last_signed_in_at: datetime | None
