"""A campaign as a value: a series, a purpose, a cadence and a mode."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pipeline.core.delivery.audience import Progress
from pipeline.core.delivery.lifecycle import CampaignState, MailingState
from pipeline.core.series.cadence import Cadence


class Mode(StrEnum):
    CALENDAR = "calendar"  # everyone gets issue n in week n
    COURSE = "course"  # everyone starts at issue 1 in the week after joining


@dataclass(frozen=True, slots=True)
class Campaign:
    """`cadence.zone` None means each subscriber's own zone; `home_zone` serves those whose zone is not known."""

    id: int
    name: str
    series: str
    series_title: str
    purpose: str
    mode: Mode
    cadence: Cadence
    home_zone: str
    state: CampaignState
    policy: str
    starts_at: datetime
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mailing:
    """One issue of a campaign: `due_at` is when it opens, `local_date` the day its readers see (None in a course)."""

    id: int
    campaign_id: int
    number: int
    title: str
    subject: str
    revision_id: int
    state: MailingState
    due_at: datetime
    local_date: date | None
    opened_at: datetime | None
    finished_at: datetime | None
    progress: Progress
    waits_for: str = ""  # why its words may not go out now: store.clearance.Waits
    fault: int | None = None  # its readers are those of this fault's faulty version
