"""Propose an act unless a second person has approved it already (S-14): the first half of what nobody does alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pipeline.actions.propose import propose
from pipeline.actions.second_pair import is_approved, needs_second_pair
from pipeline.core.people.proposal import Proposal, ProposalKind


def ask_second_pair(
    kind: ProposalKind, parameters: Mapping[str, object], digest: bytes, member: str, now: datetime
) -> Proposal | None:
    """The proposal that now waits for somebody else, or None: then do it, and call `use_approval` with the same digest.

    Raises Refused without the power, or if somebody else proposed just this.
    """
    if not needs_second_pair(kind) or is_approved(kind, digest, member, now):
        return None
    return propose(kind, parameters, digest, member, now)
