"""`/studio/series/<slug>/schedule/`: GET shows the dates that an answer would give, POST makes the campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from pipeline.actions.create_campaign import NewCampaign
from pipeline.actions.look_at_series import SeriesView, look_at_series
from pipeline.actions.propose_campaign import KIND, propose_campaign
from pipeline.actions.second_pair import needs_second_pair
from pipeline.core.delivery.campaign import Mode
from pipeline.core.delivery.schedule import Slot, Timing, calendar_opens, calendar_slots, course_slots
from pipeline.core.errors import BadInput, RoundsError
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.core.people.proposal import Proposal
from pipeline.core.series.cadence import WEEKDAYS, check_zone
from pipeline.store import campaigns, consent, studio_audience
from pipeline.web.problem import problem
from pipeline.web.studio import words
from pipeline.web.studio.month import months
from pipeline.web.studio.page import StudioPage, done, show, status_of

HOME_ZONE = "Europe/London"
ZONES = (
    "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Paris", "Europe/Berlin", "Europe/Madrid",
    "Europe/Rome", "Europe/Athens", "Europe/Istanbul", "Africa/Lagos", "Africa/Nairobi", "Africa/Johannesburg",
    "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo", "UTC",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody chose, as typed, so that the form can show it again. `start` is `now` or `day`."""

    mode: str = "calendar"
    weekday: str = "1"
    at: str = "09:00"
    whose: str = "sender"
    zone: str = HOME_ZONE
    start: str = "day"
    day: str = ""
    name: str = ""

    def timing(self) -> Timing:
        """Raises BadInput with a sentence for what cannot be read."""
        home = check_zone(self.zone)
        every_day = self.weekday == "every"
        if not every_day and self.weekday not in "0123456":
            raise BadInput("Choose a weekday.", field="weekday")
        return Timing(
            weekday=None if every_day or not self.weekday else int(self.weekday),
            at=_time(self.at),
            zone=None if self.whose == "subscriber" else home,
            home_zone=home,
            start=None if self.start == "now" else _date(self.day),
            every_day=every_day,
        )

    def query(self, **change: str) -> str:
        """The address of this page with something changed."""
        return f"?{urlencode({**_fields_of(self), **change})}"


class SchedulePage(StudioPage):
    needs = Power.SCHEDULE
    needs_to_act = Power.SEND
    subject = "series:{slug}"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        asked = _asked(request.GET, self.now)
        return self._page(request, slug, asked)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        asked = _asked(request.POST, self.now)
        try:
            view = look_at_series(slug, self.now)
            _slots(asked, asked.timing(), view, self.now)
            made = propose_campaign(_wanted(asked, view), self.member, self.now)
        except RoundsError as error:
            self.audit(Event.CAMPAIGN_CREATED, outcome="refused", detail={"status": status_of(error)})
            return self._page(request, slug, asked, problem(error), status_of(error))
        if isinstance(made, Proposal):
            return done(
                request,
                f"/studio/approvals/{made.id}/",
                "Proposed. It goes out once a second person has approved it, within 72 hours.",
            )
        return done(
            request, f"/studio/campaigns/{made.name}/", f"Scheduled. The campaign is named {made.name}."
        )

    def _page(
        self, request: HttpRequest, slug: str, asked: Asked, error: str = "", status: int = 200
    ) -> HttpResponse:
        view = look_at_series(slug, self.now)
        slots: list[Slot] = []
        try:
            timing = asked.timing()
            slots = _slots(asked, timing, view, self.now)
        except RoundsError as wrong:
            error, status = error or problem(wrong), status_of(wrong)
        return show(request, "schedule.html", status, **self._context(view, asked, slots), error=error)

    def _context(self, view: SeriesView, asked: Asked, slots: list[Slot]) -> dict[str, Any]:
        zone = _known_zone(asked.zone)
        by_day: dict[date, tuple[int, ...]] = {}
        for slot in slots:
            by_day[slot.local_date] = (*by_day.get(slot.local_date, ()), slot.number)
        today = self.now.astimezone(ZoneInfo(zone)).date()
        return {
            "view": view,
            "asked": asked,
            "zone": zone,
            "zones": ZONES if asked.zone in ZONES else (asked.zone, *ZONES),
            "weekdays": WEEKDAYS,
            "daily": consent.cadence_max_days(view.plan.purpose) == 1,
            "today": today,
            "slots": slots,
            "issues": {issue.number: issue for issue in view.issues},
            "months": months(today, by_day),
            "audience": studio_audience.on_list(view.plan.purpose, self.now),
            "second_pair": needs_second_pair(KIND),
            "sending": campaigns.open_ones(view.plan.slug, view.plan.purpose),
        }


def _slots(asked: Asked, timing: Timing, view: SeriesView, now: datetime) -> list[Slot]:
    """The turn of each issue. Raises BadInput when the first has passed: it would be held late at once."""
    numbers = [issue.number for issue in view.issues]
    if asked.mode == Mode.COURSE:
        return course_slots(timing, numbers, now)
    slots = calendar_slots(timing, numbers, now)
    if slots and slots[0].due_at < now:
        where = "" if timing.zone else " where the day begins first"
        raise BadInput(
            f"The slot on {words.day(slots[0].local_date)} has passed{where}. Choose a later day, or start now.",
            field="day",
        )
    return slots


def _wanted(asked: Asked, view: SeriesView) -> NewCampaign:
    timing = asked.timing()
    return NewCampaign(
        series=view.plan.slug,
        purpose=view.plan.purpose,
        mode=Mode.COURSE if asked.mode == Mode.COURSE else Mode.CALENDAR,
        weekday=timing.weekday,
        at=timing.at,
        zone=timing.zone,
        home_zone=timing.home_zone,
        start=timing.start,
        name=asked.name,
        every_day=timing.every_day,
    )


def _asked(fields: Mapping[str, str], now: datetime) -> Asked:
    """The fields that are there; the rest as the form starts, which is with the next slot that comes."""
    given = {name: fields[name].strip()[:100] for name in Asked.__slots__ if name in fields}
    asked = Asked(**given)
    return asked if asked.day else Asked(**{**given, "day": _next_day(asked, now).isoformat()})


def _next_day(asked: Asked, now: datetime) -> date:
    """The first day whose slot lies ahead, wherever its readers live; today for what cannot be read."""
    today = now.astimezone(ZoneInfo(_known_zone(asked.zone))).date()
    try:
        cadence = Asked(**{**_fields_of(asked), "start": "now"}).timing().cadence(now)
    except BadInput:
        return today
    days = (today + timedelta(days=ahead) for ahead in range(2 * cadence.days + 2))
    return next((day for day in days if calendar_opens(cadence, day, 1) > now), today)


def _fields_of(asked: Asked) -> dict[str, str]:
    return {name: getattr(asked, name) for name in Asked.__slots__}


def _known_zone(name: str) -> str:
    try:
        return check_zone(name)
    except BadInput:
        return HOME_ZONE


def _time(typed: str) -> time:
    try:
        return time.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as error:
        raise BadInput(f"{typed!r} is no time of day. Write it as 09:00.", field="at") from error


def _date(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise BadInput(
            f"{typed!r} is no date. Write it as 2026-12-01, or choose a day in the calendar.",
            field="day",
        ) from error
