"""Approve what another proposed, or decline it (S-14)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.actions.record_audit import record
from pipeline.core.errors import NotFound, Refused
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import powers_of
from pipeline.core.people.proposal import Outcome, Proposal, why_not
from pipeline.store import members, proposals


def approve(proposal_id: int, member: str, now: datetime) -> Proposal:
    """Raises NotFound, or Refused: for one's own, without the power, twice, and after 72 hours.

    It does nothing else: whoever does the thing calls `second_pair.use_approval`.
    """
    return _decide(proposal_id, Outcome.APPROVED, Event.APPROVED, member, now)


def decline(proposal_id: int, member: str, now: datetime) -> Proposal:
    """Say no for good; who proposed it takes it back so. Raises NotFound or Refused."""
    return _decide(proposal_id, Outcome.DECLINED, Event.DECLINED, member, now)


def void(proposal_id: int, member: str, now: datetime) -> Proposal:
    """What it is about has changed. `member` is who came upon that."""
    return _decide(proposal_id, Outcome.VOID, Event.PROPOSAL_VOID, member, now)


def find_proposal(proposal_id: int) -> Proposal:
    """Raises NotFound."""
    found = proposals.by_id(proposal_id)
    if found is None:
        raise NotFound(f"There is no proposal {proposal_id}.")
    return found


def require_may(proposal: Proposal, outcome: Outcome, member: str, now: datetime) -> None:
    """Raises Refused with the sentence of why `member` may not decide so."""
    if sentence := why_not(proposal, outcome, member, powers_of(members.roles(member)), now):
        raise Refused(sentence)


def _decide(proposal_id: int, outcome: Outcome, event: Event, member: str, now: datetime) -> Proposal:
    found = find_proposal(proposal_id)
    require_may(found, outcome, member, now)
    with transaction.atomic():
        if not proposals.decide(proposal_id, outcome, member, now):
            raise Refused("Somebody else has just decided about this. Look at it again.")
        record(event, member=member, about=f"proposal:{proposal_id}", detail={"kind": found.kind.value})
    return find_proposal(proposal_id)
