"""Call a faulty version back without a correction: it ends, the archive says so, and nobody gets a letter (E-10)."""

from __future__ import annotations

from datetime import datetime

from pipeline.actions.carry_out_answers import carry_out_answers
from pipeline.actions.find_fault import find_fault
from pipeline.core.editorial.faults import Fault, FaultState
from pipeline.core.errors import Refused
from pipeline.store import faults


def recall(fault_id: int, member: str, now: datetime) -> Fault:
    """Recalling twice is the same as once. Raises NotFound, and Refused for what was corrected or lifted."""
    fault = find_fault(fault_id)
    if fault.state in (FaultState.CORRECTED, FaultState.CORRECTING):
        raise Refused(
            f"Fault {fault_id} was corrected already: what is wrong with it went out of use by that."
        )
    if fault.state is FaultState.LIFTED:
        raise Refused(
            f"The mark of fault {fault_id} was lifted: nothing of it is wrong. Mark it again if it is."
        )
    if fault.state is FaultState.WRONG:
        faults.answer(fault_id, faults.RECALLED, None, "", "", (), member, now)
    carry_out_answers(now)
    return find_fault(fault_id)
