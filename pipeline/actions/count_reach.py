"""Count whom a faulty version has reached, and what of it was stopped."""

from __future__ import annotations

from datetime import datetime

from pipeline.core.editorial.faults import Fault, FaultState, Reach
from pipeline.store import faults


def count_reach(fault: Fault, now: datetime) -> Reach:
    """As of `now`; of one that was corrected, as it was taken down then: its campaign counts who got the letter."""
    if fault.state is FaultState.CORRECTED:
        received, uncertain = faults.copies(fault.id)
        return Reach(received, uncertain, 0, 0, 0, 0)
    return faults.reach(fault, now)
