"""Find a fault by its number."""

from __future__ import annotations

from pipeline.core.editorial.faults import Fault
from pipeline.core.errors import NotFound
from pipeline.store import faults


def find_fault(fault_id: int) -> Fault:
    """Raises NotFound."""
    found = faults.by_id(fault_id)
    if found is None:
        raise NotFound(f"There is no fault {fault_id}. See them all with: rounds corrections")
    return found
