"""A campaign as a value: a series, a purpose, a cadence and a mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pipeline.core.delivery.lifecycle import CampaignState, DeliveryState, MailingState
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
    audience: int
    left_out: Mapping[str, int]
    states: Mapping[DeliveryState, int]
    reasons: Mapping[str, int]

    @property
    def accepted(self) -> int:
        """Deliveries that the next hop took over, including those presumed so after a crash."""
        return self.states.get(DeliveryState.ACCEPTED, 0) + self.states.get(
            DeliveryState.PRESUMED_ACCEPTED, 0
        )

    @property
    def opened(self) -> int:
        """Deliveries made, whatever their state."""
        return sum(self.states.values())

    @property
    def under_way(self) -> int:
        """Deliveries not settled yet."""
        return sum(
            self.states.get(state, 0)
            for state in (
                DeliveryState.QUEUED,
                DeliveryState.LEASED,
                DeliveryState.SENDING,
                DeliveryState.UNKNOWN,
            )
        )

    @property
    def not_sent(self) -> Mapping[str, int]:
        """Everyone who was not sent this issue, by reason: left out at opening, or stopped on the way."""
        total = dict(self.left_out)
        for reason, count in self.reasons.items():
            total[reason] = total.get(reason, 0) + count
        if held := self.states.get(DeliveryState.HELD_UNKNOWN, 0):
            total["outcome_unknown"] = held
        return total

    @property
    def adds_up(self) -> bool:
        """Whether audience = accepted + under way + not sent by reason (G1)."""
        return self.audience == self.accepted + self.under_way + sum(self.not_sent.values())
