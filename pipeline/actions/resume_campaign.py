"""Let a paused campaign go on where it was. Nothing is sent again (G13)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from pipeline.actions.find_campaign import find_campaign
from pipeline.actions.open_due import COURSE_GRACE
from pipeline.core.delivery.campaign import Campaign, Mode
from pipeline.core.delivery.lifecycle import CampaignState, MailingState
from pipeline.core.errors import Refused
from pipeline.core.series.cadence import course_next
from pipeline.store import campaigns, deliveries, enrolments, subscribers


def resume_campaign(name: str, now: datetime) -> Campaign:
    """Resume. What waits gets the pause added to its life; an issue whose day passed meanwhile is held for a person.
    In a course, whoever waits for an issue gets it now, and the next one a week later.

    Resuming a running campaign changes nothing. Refused for one that is over.
    """
    campaign = find_campaign(name)
    if campaign.state in (CampaignState.RUNNING, CampaignState.SCHEDULED):
        return campaign
    to = CampaignState.RUNNING if campaign.starts_at <= now else CampaignState.SCHEDULED
    with transaction.atomic():
        if not campaigns.move(campaign.id, (CampaignState.PAUSED,), to, paused_at=None):
            raise Refused(f"The campaign {name!r} is {campaign.state.value}: it cannot be resumed.")
        if campaign.paused_at is not None:
            deliveries.extend_expiry(campaign.id, now - campaign.paused_at)
        campaigns.pause_mailings(campaign.id, MailingState.PAUSED, MailingState.SENDING)
        if campaign.mode == Mode.COURSE and to == CampaignState.RUNNING:
            campaigns.start_courses([campaign.id], now)  # the pause may have covered its start
            _keep_apart(campaign, now)
    return campaigns.by_id(campaign.id)


def _keep_apart(campaign: Campaign, now: datetime) -> None:
    """No two issues in one week (P-07), give or take what a course's issue may be late."""
    zones = {*subscribers.zones(campaign.purpose), campaign.home_zone} - {""}
    moments = {zone: course_next(campaign.cadence, zone, now) for zone in zones}
    days = campaign.cadence.days
    too_near = now + timedelta(days=days) - COURSE_GRACE * days / 7
    enrolments.postpone(campaign.id, moments, moments[campaign.home_zone], too_near)
