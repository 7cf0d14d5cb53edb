"""Put a new secret into force, and keep the old one for what was made under it (S-16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.check_secret import check_secret
from pipeline.core.errors import Refused
from pipeline.gateways.secret_files import change_secret
from pipeline.settings import current, read_secret_keys_anew
from pipeline.store import locks


@dataclass(frozen=True, slots=True)
class Rotated:
    """`kid`: the number of the secret in force, or of the one that is to be. `changed` is False where the environment
    has the secret, which nobody can change from here.
    """

    kid: int
    changed: bool


def rotate_secret(member: str, now: datetime) -> Rotated:
    """Make a new secret in the data folder, and tell the database of it. Refused while somebody else does."""
    settings = current()
    if settings.given_secret_key:
        return Rotated(settings.secret_keys.kid + 1, changed=False)
    with locks.only_one("secret") as mine:
        if not mine:
            raise Refused("Somebody else is changing the secret. Look at `rounds keys show` in a moment.")
        read_secret_keys_anew()  # whoever was here a moment ago has changed it: theirs must not be lost
        change_secret(settings.data_dir, settings.secret_keys)
        check_secret(member, now)
        return Rotated(settings.secret_keys.kid, changed=True)
