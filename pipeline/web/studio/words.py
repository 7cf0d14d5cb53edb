"""States and moments as the studio says them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipeline.actions.hold_unapproved import why_waits
from pipeline.core.consent.lists.progress import ImportState
from pipeline.core.content.intake import Intake
from pipeline.core.delivery.campaign import Campaign, Mode
from pipeline.core.delivery.lifecycle import CampaignState, MailingState
from pipeline.core.editorial.approval import ApprovalState, Happened
from pipeline.core.editorial.faults import FaultState
from pipeline.core.series.cadence import WEEKDAYS

_MAILING: dict[MailingState, tuple[str, str]] = {
    MailingState.SCHEDULED: ("scheduled", "is-quiet"),
    MailingState.MATERIALISING: ("opening", "is-busy"),
    MailingState.SENDING: ("going out", "is-busy"),
    MailingState.PAUSED: ("paused", "is-soon"),
    MailingState.FINISHED: ("sent", "is-good"),
    MailingState.HELD_LATE: ("needs a decision", "is-urgent"),
    MailingState.CANCELLED: ("cancelled", "is-quiet"),
}
_CAMPAIGN: dict[CampaignState, tuple[str, str]] = {
    CampaignState.SCHEDULED: ("scheduled", "is-quiet"),
    CampaignState.RUNNING: ("running", "is-busy"),
    CampaignState.PAUSED: ("paused", "is-soon"),
    CampaignState.FINISHED: ("finished", "is-good"),
    CampaignState.CANCELLED: ("cancelled", "is-quiet"),
}
_IMPORT: dict[ImportState, tuple[str, str]] = {
    ImportState.CHECKING: ("being looked at", "is-busy"),
    ImportState.CHECKED: ("needs a decision", "is-urgent"),
    ImportState.IMPORTING: ("being imported", "is-busy"),
    ImportState.DONE: ("imported", "is-good"),
    ImportState.FAILED: ("cannot be read", "is-urgent"),
    ImportState.DROPPED: ("dropped", "is-quiet"),
}
_ARTICLE: dict[ApprovalState, tuple[str, str]] = {
    ApprovalState.DRAFT: ("draft", "is-quiet"),
    ApprovalState.IN_REVIEW: ("in review", "is-soon"),
    ApprovalState.APPROVED: ("approved", "is-good"),
    ApprovalState.DUE: ("due for review", "is-soon"),
    ApprovalState.EXPIRED: ("past its review date", "is-urgent"),
}
_FAULT: dict[FaultState, tuple[str, str]] = {
    FaultState.WRONG: ("stopped, needs a decision", "is-urgent"),
    FaultState.RECALLED: ("recalled", "is-quiet"),
    FaultState.CORRECTING: ("being corrected", "is-busy"),
    FaultState.CORRECTED: ("corrected", "is-good"),
    FaultState.LIFTED: ("lifted: nothing was wrong", "is-quiet"),
}
_INTAKE: dict[Intake, tuple[str, str]] = {
    Intake.NEW: ("new draft", "is-good"),
    Intake.CHANGED: ("replaces the draft here", "is-busy"),
    Intake.UNCHANGED: ("here already", "is-quiet"),
    Intake.PUT_ASIDE: ("kept beside ours", "is-soon"),
    Intake.REFUSED: ("not taken in", "is-urgent"),
}
HAPPENED = {
    Happened.EDITED: "edited",
    Happened.SUBMITTED: "submitted for review",
    Happened.SENT_BACK: "sent back",
    Happened.SIGNED: "signed off",
    Happened.WITHDRAWN: "approval withdrawn",
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


def article_state(state: ApprovalState) -> tuple[str, str]:
    """The word for a state, and the class that gives it its colour."""
    return _ARTICLE[state]


def fault_state(state: FaultState) -> tuple[str, str]:
    """The word for a state, and the class that gives it its colour."""
    return _FAULT[state]


def intake(outcome: Intake) -> tuple[str, str]:
    """The word for what becomes of an article that comes, and the class that gives it its colour."""
    return _INTAKE[outcome]


def waits(reason: str) -> str:
    """Why an issue waits, and what helps."""
    said = why_waits(reason)
    return said[:1].upper() + said[1:]


def import_state(state: ImportState) -> tuple[str, str]:
    """The word for a state, and the class that gives it its colour."""
    return _IMPORT[state]


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


def short_moment(when: datetime, zone: str) -> str:
    """`Tue 24 Nov, 09:00`, by the clock of `zone`."""
    return when.astimezone(ZoneInfo(zone)).strftime("%a %-d %b, %H:%M")


def short_day(when: date) -> str:
    """`Tue 24 Nov`."""
    return when.strftime("%a %-d %b")


def weekday(number: int | None) -> str:
    """`Tuesday`; `every day` for None."""
    return "every day" if number is None else WEEKDAYS[number]
