"""Who may sign in, and with what."""

from __future__ import annotations

from pipeline.core.accounts.member import Member
from pipeline.store import members


def list_members() -> list[Member]:
    """By name, the locked ones too."""
    return members.every()
