"""Proposals, and what was decided about them. Nothing here is ever edited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from pipeline.core.people.proposal import Decision, Outcome, Proposal, ProposalKind
from pipeline.store import models


def save(
    kind: ProposalKind,
    parameters: Mapping[str, object],
    digest: bytes,
    member: str,
    now: datetime,
    expires_at: datetime,
) -> Proposal:
    """Keep a new proposal."""
    row = models.Proposal.objects.create(
        kind=kind.value,
        parameters=dict(parameters),
        digest=digest,
        proposed_by=member,
        proposed_at=now,
        expires_at=expires_at,
    )
    return _proposal(row)


def decide(proposal_id: int, outcome: Outcome, member: str, now: datetime) -> bool:
    """Keep a decision. False where somebody else was quicker: each proposal has one verdict and one end."""
    try:
        with transaction.atomic():
            models.ProposalDecision.objects.create(
                proposal_id=proposal_id, outcome=outcome.value, decided_by=member, decided_at=now
            )
    except IntegrityError:
        return False
    return True


def by_id(proposal_id: int) -> Proposal | None:
    row = _rows().filter(pk=proposal_id).first()
    return _proposal(row) if row else None


def of_digest(kind: ProposalKind, digest: bytes) -> list[Proposal]:
    """All that are about exactly this, newest first."""
    return [_proposal(row) for row in _rows().filter(kind=kind.value, digest=digest).order_by("-id")]


def of_parameters(kind: ProposalKind, parameters: Mapping[str, object], since: datetime) -> list[Proposal]:
    """All that say the same to a person, whatever their content, and were made since."""
    rows = _rows().filter(kind=kind.value, parameters=dict(parameters), proposed_at__gte=since)
    return [_proposal(row) for row in rows.order_by("-id")]


def newest(limit: int) -> list[Proposal]:
    """Newest first, however they stand."""
    return [_proposal(row) for row in _rows().order_by("-id")[:limit]]


def _rows() -> Any:
    return models.Proposal.objects.prefetch_related("decisions")


def _proposal(row: models.Proposal) -> Proposal:
    decisions = sorted(row.decisions.all(), key=lambda each: int(each.pk))
    return Proposal(
        id=row.pk,
        kind=ProposalKind(row.kind),
        parameters=row.parameters,
        digest=bytes(row.digest),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        expires_at=row.expires_at,
        decisions=tuple(Decision(Outcome(d.outcome), d.decided_by, d.decided_at) for d in decisions),
    )
