"""Schedule a series for a member of the studio: proposed for a second person, or at once where four eyes are off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, time
from hashlib import sha256

from django.db import transaction

from pipeline.actions.create_campaign import CheckedCampaign, NewCampaign, check_campaign, make_campaign
from pipeline.actions.decide_proposal import approve, find_proposal, require_may, void
from pipeline.actions.propose import propose
from pipeline.actions.record_audit import record
from pipeline.actions.second_pair import needs_second_pair, use_approval
from pipeline.core.delivery.campaign import Campaign, Mode
from pipeline.core.errors import Refused
from pipeline.core.people.audit import Event
from pipeline.core.people.proposal import Outcome, Proposal, ProposalKind

KIND = ProposalKind.SEND_TO_LIST


def propose_campaign(wanted: NewCampaign, member: str, now: datetime) -> Campaign | Proposal:
    """A campaign where one person may, else a proposal. Raises what `check_campaign` raises: what would be refused
    anyway is not proposed.
    """
    checked = check_campaign(wanted, now)
    digest = digest_of(wanted, checked)
    if needs_second_pair(KIND):
        return propose(KIND, parameters_of(wanted), digest, member, now)
    with transaction.atomic():
        campaign = make_campaign(wanted, checked, now)
        use_approval(KIND, digest, member, now)
        _record(campaign, member)
    return campaign


def approve_campaign(proposal_id: int, member: str, now: datetime) -> Campaign:
    """Approve a proposed campaign and make it, both or neither.

    If a word of a letter, the list or a date has changed since, the proposal is void and Refused is raised.
    """
    proposal = find_proposal(proposal_id)
    require_may(proposal, Outcome.APPROVED, member, now)
    wanted = wanted_of(proposal.parameters)
    checked = check_campaign(wanted, now)
    digest = digest_of(wanted, checked)
    if digest != proposal.digest:
        void(proposal_id, member, now)
        raise Refused("The letters have changed since this was proposed, so that it counts no more.")
    with transaction.atomic():
        campaign = make_campaign(wanted, checked, now)
        approve(proposal_id, member, now)
        use_approval(KIND, digest, member, now)
        _record(campaign, member)
    return campaign


def digest_of(wanted: NewCampaign, checked: CheckedCampaign) -> bytes:
    """SHA-256 over what was asked for and the content of every letter."""
    letters = [[issue.content.number, issue.letter.content_sha256] for issue in checked.rendered]
    said = json.dumps([parameters_of(wanted), letters], sort_keys=True, separators=(",", ":"))
    return sha256(said.encode()).digest()


def parameters_of(wanted: NewCampaign) -> dict[str, object]:
    """As JSON has it: a day as 2026-12-01, a time as 09:00:00, None for a start at once."""
    return {
        name: value.isoformat() if isinstance(value, date | time) else value
        for name, value in asdict(wanted).items()
    }


def wanted_of(parameters: Mapping[str, object]) -> NewCampaign:
    """The other way round."""
    known = dict(parameters)
    start, at = known.pop("start"), known.pop("at")
    return NewCampaign(
        **{**known, "mode": Mode(str(known["mode"]))},  # type: ignore[arg-type]
        start=date.fromisoformat(str(start)) if start else None,
        at=time.fromisoformat(str(at)) if at else None,
    )


def _record(campaign: Campaign, member: str) -> None:
    record(
        Event.CAMPAIGN_CREATED,
        member=member,
        about=f"campaign:{campaign.name}",
        detail={"series": campaign.series, "list": campaign.purpose},
    )
