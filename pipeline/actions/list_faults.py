"""What was marked wrong."""

from __future__ import annotations

from pipeline.core.editorial.faults import Fault
from pipeline.store import faults


def list_faults() -> list[Fault]:
    """All of them, the newest first."""
    return faults.every()


def letters_of(fault: Fault) -> list[str]:
    """The names of the campaigns that carry its correction."""
    return faults.campaigns_of(fault.id)
