"""What a member proves who they are with, besides the password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Proof(StrEnum):
    """How the second step was taken."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"
    OFF = "off"  # no second step is asked for on this machine


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """An authenticator app (`Proof.TOTP`, one a member) or a passkey (any number)."""

    id: int
    kind: Proof
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Totp:
    """An app's secret, sealed, and the step of the last code that was taken."""

    id: int
    sealed: bytes
    last_step: int


@dataclass(frozen=True, slots=True)
class Passkey:
    """`credential`: attested credential data (WebAuthn level 2, 6.5.1). `count` is 0 where a device counts nothing."""

    id: int
    credential: bytes
    count: int
