"""Send a correction for a member of the studio: proposed for a second person, or at once where four eyes are off."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.correct import CheckedCorrection, check_correction, make_correction
from pipeline.actions.propose import propose
from pipeline.actions.record_audit import record
from pipeline.actions.second_pair import is_approved, needs_second_pair, use_approval
from pipeline.core.editorial.faults import Fault
from pipeline.core.people.audit import Event
from pipeline.core.people.proposal import Proposal, ProposalKind, Standing
from pipeline.store import proposals

KIND = ProposalKind.SEND_CORRECTION
MOST = 100  # of the newest proposals, among which one about a fault is looked for


def propose_correction(fault_id: int, wrong: str, right: str, member: str, now: datetime) -> Fault | Proposal:
    """What was marked wrong has stopped already: what a second person agrees to is the letter. Raises what
    `check_correction` raises, and Refused without an approval that counts.
    """
    checked = check_correction(fault_id, wrong, right, now)
    if needs_second_pair(KIND) and not is_approved(KIND, checked.digest, member, now):
        return propose(KIND, parameters_of(checked), checked.digest, member, now)
    with transaction.atomic():
        fault = make_correction(checked, member, now)
        use_approval(KIND, checked.digest, member, now, parameters=parameters_of(checked))
        record(Event.CORRECTED, member=member, about=f"fault:{fault_id}")
    return fault


def proposed_words(fault_id: int, now: datetime) -> tuple[str, str]:
    """What is proposed to be said about a fault, as (wrong, right), what was approved first; both empty where nothing
    is.
    """
    for wanted in (Standing.APPROVED, Standing.WAITING):
        for each in proposals.newest(MOST):
            if (
                each.kind is KIND
                and each.parameters.get("fault") == fault_id
                and each.standing(now) is wanted
            ):
                return str(each.parameters["wrong"]), str(each.parameters["right"])
    return "", ""


def parameters_of(checked: CheckedCorrection) -> dict[str, object]:
    """For people to read."""
    return {
        "title": checked.fault.subject,
        "fault": checked.fault.id,
        "wrong": checked.wrong,
        "right": checked.right,
    }
