"""Decide about an issue that missed its moment: send it now, or move it and all after it to the coming slots (G12)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.actions.find_campaign import find_campaign
from pipeline.core.delivery.campaign import Campaign, Mailing
from pipeline.core.delivery.lifecycle import MailingState
from pipeline.core.delivery.schedule import EVERYWHERE_FIRST
from pipeline.core.errors import NotFound, Refused
from pipeline.core.series.cadence import calendar_due, issue_date
from pipeline.store import campaigns


def release_mailing(name: str, number: int, now: datetime, *, at_once: bool) -> None:
    """Release issue `number`, which is held late. Raises NotFound, or Refused when it is not held."""
    campaign = find_campaign(name)
    mailings = campaigns.mailings(campaign.id)
    held = next((m for m in mailings if m.number == number), None)
    if held is None:
        raise NotFound(f"The campaign {name!r} has no issue {number}.")
    if held.state != MailingState.HELD_LATE:
        raise Refused(
            f"Issue {number} of {name!r} is {held.state.value}, not held late: there is nothing to release."
        )
    today = now.astimezone(ZoneInfo(campaign.cadence.zone or campaign.home_zone)).date()
    if at_once:
        campaigns.reschedule({held.id: (now, today)})
        return
    _move(campaign, mailings, number, now)


def move_to_coming_slots(name: str, number: int, now: datetime) -> None:
    """Give an issue that did not open, and all after it that have not opened, the coming slots in their order."""
    campaign = find_campaign(name)
    _move(campaign, campaigns.mailings(campaign.id), number, now)


def _move(campaign: Campaign, mailings: list[Mailing], number: int, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(campaign.cadence.zone or campaign.home_zone)).date()
    waiting = [m for m in mailings if m.state in (MailingState.HELD_LATE, MailingState.SCHEDULED)]
    moves = {}
    offset = 1 if calendar_due(campaign.cadence, campaign.home_zone, today, 1) > now else 2
    for place, mailing in enumerate(m for m in waiting if m.number >= number):
        due = calendar_due(campaign.cadence, EVERYWHERE_FIRST, today, place + offset)
        moves[mailing.id] = (due, issue_date(campaign.cadence, today, place + offset))
    campaigns.reschedule(moves)
