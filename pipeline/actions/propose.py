"""Propose what nobody does alone, for a second person to approve (S-14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from pipeline.actions.record_audit import record
from pipeline.core.errors import Refused
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import powers_of, who_may
from pipeline.core.people.proposal import (
    FOUR_EYES,
    LIFE,
    Outcome,
    Proposal,
    ProposalKind,
    Standing,
)
from pipeline.store import members, proposals

DIGEST = 32  # bytes, of SHA-256
OPEN = (Standing.WAITING, Standing.APPROVED)


def propose(
    kind: ProposalKind, parameters: Mapping[str, object], digest: bytes, member: str, now: datetime
) -> Proposal:
    """`parameters` say to a person what is to be done (plain JSON, no address); `digest`, a SHA-256, is over exactly
    that, and over the content it is done with.

    Proposing the same again gives the same proposal. One with the same parameters and another digest is void from
    now on: what it was about has changed. Raises Refused without the power, or if somebody else proposed just this.
    """
    if len(digest) != DIGEST:
        raise ValueError("a digest is a SHA-256, of 32 bytes")
    if FOUR_EYES[kind] not in powers_of(members.roles(member)):
        raise Refused(who_may(FOUR_EYES[kind]))
    with transaction.atomic():
        for same in proposals.of_digest(kind, digest):
            if same.standing(now) in OPEN:
                if same.proposed_by == member:
                    return same
                raise Refused(
                    f"{same.proposed_by} has proposed just this, as number {same.id}. You may approve it."
                )
        outdated = [
            each
            for each in proposals.of_parameters(kind, parameters, now - LIFE)
            if each.standing(now) in OPEN and proposals.decide(each.id, Outcome.VOID, member, now)
        ]
        made = proposals.save(kind, parameters, digest, member, now, now + LIFE)
        for each in outdated:
            record(Event.PROPOSAL_VOID, member=member, about=f"proposal:{each.id}")
        record(
            Event.PROPOSED,
            member=member,
            about=f"proposal:{made.id}",
            detail={"kind": kind.value, "digest": digest.hex()},
        )
    return made
