"""Lift a mark that something is wrong, since nothing is: what was stopped goes on (E-10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.find_fault import find_fault
from pipeline.actions.hold_unapproved import hold_unapproved
from pipeline.actions.mark_wrong import LONGEST
from pipeline.core.editorial.faults import Fault, FaultState
from pipeline.core.errors import BadInput, Refused
from pipeline.settings import current
from pipeline.store import faults


def lift_mark(fault_id: int, reason: str, member: str, now: datetime, *, alone: bool = False) -> Fault:
    """By somebody else than who marked it, unless four eyes are off or `alone` says that nobody has to agree. Lifting
    twice is the same as once. The archive keeps a dated note; the same words can be marked again.

    Nothing goes out by this that has no signature. Raises NotFound, BadInput without a reason, and Refused for what was
    corrected or recalled, and for one's own mark.
    """
    fault = find_fault(fault_id)
    said = " ".join(reason.split())
    if not said:
        raise BadInput("Say why it is right as it stands.", field="reason")
    if len(said) > LONGEST:
        raise BadInput(f"Say it in {LONGEST} characters: it has {len(said)}.", field="reason")
    if fault.state is FaultState.LIFTED:
        return fault
    if fault.state is not FaultState.WRONG:
        raise Refused(
            f"Fault {fault_id} is {fault.state.value}: what was ended by that does not begin again. Schedule anew what"
            " should go out."
        )
    if current().four_eyes and not alone and member == fault.member:
        raise Refused("You marked it. Somebody else has to look at it and lift the mark.")
    with transaction.atomic():
        if faults.answer(fault_id, faults.LIFTED, None, "", "", (), member, now, said) is None:
            raise Refused(f"Somebody else is answering fault {fault_id} in this moment. Look at it again.")
        hold_unapproved(now)
    return find_fault(fault_id)
