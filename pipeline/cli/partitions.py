"""`rounds partitions`: the months that deliveries are kept by."""

from __future__ import annotations

from datetime import UTC, date, datetime

import click

from pipeline.actions.drop_month import drop_month
from pipeline.actions.list_months import ListedMonth, list_months
from pipeline.actions.put_away import MonthPutAway, put_away
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import audited, needs_database
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now

WORDS = {"in_use": "in use", "leaving": "taken out by halves", "kept": "put away"}


@click.group()
def command() -> None:
    """The months that deliveries are kept by, and putting old ones away."""


@command.command(name="list")
@json_option
@needs_database
def list_(as_json: bool) -> None:
    """Show each month: where it is, how large, and when it leaves."""
    found = list_months()
    answer({"partitions": [_data(one) for one in found]}, "\n".join(map(_line, found)), as_json)


@command.command()
@json_option
@needs_database
@audited(Event.MONTHS_PUT_AWAY)
def detach(as_json: bool) -> None:
    """Put away the months that ROUNDS_KEEP_MONTHS names. The scheduler does it every day."""
    done = put_away(now())
    away = [one.first for one in done if not one.why]
    stays = [one for one in done if one.why]
    data = {
        "detached": [f"{first:%Y-%m}" for first in away],
        "stays": [{"month": f"{one.first:%Y-%m}", "why": one.why} for one in stays],
    }
    answer(data, _told(away, stays), as_json)


@command.command()
@click.argument("month", type=click.DateTime(["%Y-%m"]))
@json_option
@needs_database
@audited(Event.MONTH_DROPPED, "month:{month:%Y-%m}")
def drop(month: datetime, as_json: bool) -> None:
    """Delete the tables of MONTH (2024-10), which has been put away, for good. Dump them before."""
    tables = drop_month(month.replace(tzinfo=UTC).date())
    answer({"dropped": tables}, f"Gone for good: {', '.join(tables)}.", as_json)


def _data(one: ListedMonth) -> dict[str, object]:
    return {
        "month": f"{one.month.first:%Y-%m}",
        "place": one.month.place,
        "tables": list(one.month.tables),
        "rows": one.month.rows,
        "bytes": one.month.octets,
        "leaves_on": one.leaves_on,
    }


def _line(one: ListedMonth) -> str:
    size = f"about {one.month.rows} deliveries, {one.month.octets / 1e6:.1f} MB"
    leaves = f", leaves on {one.leaves_on}" if one.leaves_on else ""
    kept = f": {', '.join(one.month.tables)}" if one.month.place == "kept" else ""
    return f"{one.month.first:%Y-%m}  {WORDS[one.month.place]}, {size}{leaves}{kept}"


def _told(away: list[date], stays: list[MonthPutAway]) -> str:
    lines = [f"{first:%Y-%m} is put away." for first in away]
    lines += [f"{one.first:%Y-%m} stays. {one.why}" for one in stays]
    return "\n".join(lines or ["No month is old enough."])
