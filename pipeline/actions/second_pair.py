"""Before what nobody does alone (S-14): must a second person agree, has one, and that it counts once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from pipeline.actions.record_audit import record
from pipeline.core.errors import Refused
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import powers_of
from pipeline.core.people.proposal import (
    FOUR_EYES,
    LIFE,
    Outcome,
    Proposal,
    ProposalKind,
    Standing,
    why_not,
)
from pipeline.settings import current
from pipeline.store import members, proposals


def needs_second_pair(kind: ProposalKind) -> bool:
    """Whether `kind` has to be proposed and approved here. The same for all kinds: ROUNDS_FOUR_EYES."""
    return current().four_eyes and kind in FOUR_EYES


def is_approved(kind: ProposalKind, digest: bytes, member: str, now: datetime) -> bool:
    """Whether `use_approval` would find one: for the page that either proposes or does. Changes nothing."""
    return any(not _why_not(each, member, now) for each in proposals.of_digest(kind, digest))


def use_approval(
    kind: ProposalKind,
    digest: bytes,
    member: str,
    now: datetime,
    *,
    parameters: Mapping[str, object] | None = None,
) -> None:
    """Call it in the transaction that does the thing, after it: the approval is used up, once, or Refused is raised
    with a sentence and nothing is done. Where four eyes are off it only says so in the audit log.

    `digest` is computed anew from what is about to be done. With the `parameters` of the proposal, one that was
    about the same and has another digest is told as changed.
    """
    about = f"{kind.value}:{digest.hex()}"
    if not needs_second_pair(kind):
        record(Event.WITHOUT_SECOND_PAIR, member=member, about=about)
        return
    found = proposals.of_digest(kind, digest)
    reasons = [_why_not(each, member, now) for each in found]
    for proposal, reason in zip(found, reasons, strict=True):
        if not reason:
            _use(proposal, member, now)
            return
    if reasons:
        raise Refused(reasons[0])
    if parameters is not None and _changed(kind, parameters, now):
        raise Refused("What was approved has changed since, so that it counts no more. Propose it again.")
    raise Refused(f"A second person has to approve this before you {kind.word}. Propose it first.")


def _why_not(proposal: Proposal, member: str, now: datetime) -> str:
    if sentence := why_not(proposal, Outcome.USED, member, powers_of(members.roles(member)), now):
        return sentence
    pair = {proposal.proposed_by, *(each.by for each in proposal.decisions)}
    if any(FOUR_EYES[proposal.kind] not in powers_of(members.roles(name)) for name in pair):
        return f"One of the two may no longer {proposal.kind.word}, so that this counts no more. Propose it again."
    return ""


def _use(proposal: Proposal, member: str, now: datetime) -> None:
    with transaction.atomic():
        if not proposals.decide(proposal.id, Outcome.USED, member, now):
            raise Refused("This approval was used just now. An approval is good once: propose it again.")
        record(Event.APPROVAL_USED, member=member, about=f"proposal:{proposal.id}")


def _changed(kind: ProposalKind, parameters: Mapping[str, object], now: datetime) -> bool:
    open_ones = (Standing.WAITING, Standing.APPROVED)
    older = proposals.of_parameters(kind, parameters, now - LIFE)
    return any(each.standing(now) in open_ones for each in older)
