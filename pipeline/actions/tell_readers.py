"""Say in the archive what is wrong with what went out, before it is corrected or recalled (E-10)."""

from __future__ import annotations

from datetime import datetime

from pipeline.actions.find_fault import find_fault
from pipeline.actions.mark_wrong import LONGEST
from pipeline.core.editorial.faults import Fault, FaultState
from pipeline.core.errors import BadInput, Refused
from pipeline.store import faults


def tell_readers(fault_id: int, words: str, member: str, now: datetime) -> Fault:
    """A step of its own, since what is published is never taken back in silence. Once for a fault; the same words twice
    are once. Raises NotFound, BadInput for words that are missing or too long, and Refused once something else is said.
    """
    fault = find_fault(fault_id)
    said = " ".join(words.split())
    if not said:
        raise BadInput("Say what readers are told.", field="words")
    if len(said) > LONGEST:
        raise BadInput(f"Say it in {LONGEST} characters: it has {len(said)}.", field="words")
    told = fault.answer(faults.TOLD)
    if told is not None and told.wrong == said:
        return fault
    if told is not None:
        raise Refused(
            f"Readers were told of fault {fault_id} already. What changes now is said by a correction."
        )
    if fault.state not in (FaultState.WRONG, FaultState.RECALLED):
        raise Refused(f"Fault {fault_id} is {fault.state.value}: the archive says so already.")
    faults.answer(fault_id, faults.TOLD, None, said, "", (), member, now)
    return find_fault(fault_id)
