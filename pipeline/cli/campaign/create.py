"""`rounds campaign create`: schedule a series."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import click

from pipeline.actions.create_campaign import NewCampaign, create_campaign
from pipeline.actions.plan_series import read_series
from pipeline.actions.show_campaign import show_campaign
from pipeline.cli.answers import answer, json_option
from pipeline.cli.campaign.shape import EVERY_DAY, OWN_ZONE, report_data, report_words
from pipeline.cli.doors import audited, needs_database
from pipeline.core.delivery.campaign import Mode
from pipeline.core.delivery.lifecycle import Policy
from pipeline.core.delivery.schedule import EVERYWHERE_FIRST
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import Event
from pipeline.core.series.cadence import WEEKDAYS, check_zone
from pipeline.gateways.clock import now

HOME = "Europe/London"
DAYS = [*(day.lower() for day in WEEKDAYS), EVERY_DAY]


@click.command()
@click.argument("series")
@click.option("--purpose", help="The list it goes to. [default: the one that the series file names]")
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    default=Mode.CALENDAR.value,
    show_default=True,
    help="calendar: everyone gets issue n in week n. course: everyone starts at issue 1 when they join.",
)
@click.option("--weekday", type=click.Choice(DAYS), help="[default: the weekday of the first issue]")
@click.option("--at", help="Local time, HH:MM. [default: 09:00, or the time now with --start now]")
@click.option(
    "--zone", default=HOME, show_default=True, help="An IANA zone, or `subscriber` for each subscriber's own."
)
@click.option(
    "--home-zone", help="For subscribers whose zone is not known. [default: --zone, or Europe/London]"
)
@click.option(
    "--start",
    help="YYYY-MM-DD, or `now`: the first issue is due at once. [default: the first slot from tomorrow]",
)
@click.option(
    "--policy",
    type=click.Choice([policy.value for policy in Policy]),
    default=Policy.DEFAULT.value,
    show_default=True,
    help="What to do about a message whose outcome stays unknown.",
)
@click.option("--name", default="", help="What to call it. [default: the series and the first day]")
@json_option
@needs_database
@audited(Event.CAMPAIGN_CREATED, "series:{series}")
def create(
    series: str,
    purpose: str | None,
    mode: str,
    weekday: str | None,
    at: str | None,
    zone: str,
    home_zone: str | None,
    start: str | None,
    policy: str,
    name: str,
    as_json: bool,
) -> None:
    """Check SERIES, a slug of content/series/, freeze its issues and schedule them.

    The article must be signed off as it stands (rounds approve), and no check may block.
    """
    own, moment = zone == OWN_ZONE, now()
    home = check_zone(home_zone or (HOME if own else zone), "--home-zone" if home_zone else "--zone")
    wanted = NewCampaign(
        series=series,
        purpose=purpose or read_series(series).plan.purpose,
        mode=Mode(mode),
        weekday=None if weekday in (None, EVERY_DAY) else DAYS.index(weekday),
        at=_time(at),
        zone=None if own else check_zone(zone, "--zone"),
        home_zone=home,
        start=_tomorrow(moment, EVERYWHERE_FIRST if own else zone) if start is None else _day(start),
        policy=policy,
        name=name,
        every_day=weekday == EVERY_DAY,
    )
    campaign = create_campaign(wanted, moment)
    report = show_campaign(campaign.name)
    answer(report_data(report), report_words(report), as_json)


def _time(text: str | None) -> time | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        raise BadInput(
            f"{text!r} is not a time of day. Write hours and minutes, such as 08:30.", place="--at"
        ) from None


def _tomorrow(moment: datetime, zone: str) -> date:
    """Without --start nothing leaves today: a slip of the hand can still be cancelled.

    Where each reader's own zone counts, tomorrow is that of the zone where days begin.
    """
    return moment.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)


def _day(text: str) -> date | None:
    if text == "now":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"{text!r} is not a date. Write YYYY-MM-DD, such as 2026-12-01, or `now`.", place="--start"
        ) from None
