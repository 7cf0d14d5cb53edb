"""States and moments as the studio says them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipeline.core.delivery.audience import reason_in_words
from pipeline.core.delivery.campaign import Campaign, Mode
from pipeline.core.delivery.lifecycle import CampaignState, MailingState
from pipeline.core.series.cadence import WEEKDAYS

__all__ = ["cadence", "campaign_state", "day", "mailing_state", "moment", "reason_in_words", "short_day"]

_MAILING: dict[MailingState, tuple[str, str]] = {
    MailingState.SCHEDULED: ("scheduled", "quiet"),
    MailingState.MATERIALISING: ("opening", "busy"),
    MailingState.SENDING: ("going out", "busy"),
    MailingState.PAUSED: ("paused", "soon"),
    MailingState.FINISHED: ("sent", "done"),
    MailingState.HELD_LATE: ("needs a decision", "urgent"),
    MailingState.CANCELLED: ("cancelled", "quiet"),
}
_CAMPAIGN: dict[CampaignState, tuple[str, str]] = {
    CampaignState.SCHEDULED: ("scheduled", "quiet"),
    CampaignState.RUNNING: ("running", "busy"),
    CampaignState.PAUSED: ("paused", "soon"),
    CampaignState.FINISHED: ("finished", "done"),
    CampaignState.CANCELLED: ("cancelled", "quiet"),
}
MODES = {
    Mode.CALENDAR: "Everyone gets the same issue in the same week",
    Mode.COURSE: "Each subscriber starts at issue 1 in the week after joining",
}


def mailing_state(state: MailingState) -> tuple[str, str]:
    """The word for a state, and the class that gives it its colour."""
    return _MAILING[state]


def campaign_state(state: CampaignState) -> tuple[str, str]:
    """The word for a state, and the class that gives it its colour."""
    return _CAMPAIGN[state]


def cadence(campaign: Campaign) -> str:
    """`Every Tuesday at 09:00, Europe/London`."""
    said = campaign.cadence.in_words()
    return said[:1].upper() + said[1:]


def moment(when: datetime, zone: str) -> str:
    """`Tue 24 November 2026, 09:00`, by the clock of `zone`."""
    return when.astimezone(ZoneInfo(zone)).strftime("%a %-d %B %Y, %H:%M")


def day(when: date) -> str:
    """`Tuesday 24 November 2026`."""
    return when.strftime("%A %-d %B %Y")


def short_day(when: date) -> str:
    """`Tue 24 Nov`."""
    return when.strftime("%a %-d %b")


def weekday(number: int | None) -> str:
    """`Tuesday`; `every day` for None."""
    return "every day" if number is None else WEEKDAYS[number]
