"""`rounds routes`: the ways by which mail leaves, and how fast each may."""

from __future__ import annotations

import click

from pipeline.actions.look_at_routes import Line, RoutesView, look_at_routes
from pipeline.actions.release_route import release_route
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import audited, needs_database
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.group()
def command() -> None:
    """The ways by which mail leaves, how fast each may, and what rests."""


@command.command("list")
@json_option
@needs_database
def list_(as_json: bool) -> None:
    """Show each route, and each recipient domain with a limit or a rest."""
    view = look_at_routes(now())
    data = {
        "routes": [_data(line) | _route_data(line) for line in view.routes],
        "domains": [_data(line) for line in view.domains],
        "quiet_hours": str(view.quiet_hours) if view.quiet_hours else None,
    }
    answer(data, _words(view), as_json)


@command.command()
@click.argument("name")
@json_option
@needs_database
@audited(Event.ROUTE_RELEASED, "route:{name}")
def release(name: str, as_json: bool) -> None:
    """Let mail go on over the route NAME, or to the domain NAME, at full speed: its cause to rest is mended."""
    release_route(name)
    answer({"released": name}, f"{name} may be used again, at full speed.", as_json)


def _data(line: Line) -> dict[str, object]:
    row = line.row
    return {
        "name": row.name,
        "rate": row.rate,
        "factor": row.factor,
        "blocked_until": row.blocked_until,
        "because": row.blocked_because,
        "sentence": line.sentence,
    }


def _route_data(line: Line) -> dict[str, object]:
    row = line.row
    return {
        "failures": row.failures,
        "accepted_last_hour": row.accepted_lately,
        "warm_up_ends": line.warm_up.ends if line.warm_up else None,
    }


def _words(view: RoutesView) -> str:
    lines = [
        f"{line.row.name}: {line.sentence} Accepted in the last hour: {line.row.accepted_lately}."
        for line in view.routes
    ]
    lines += [f"  to {line.row.name}: {line.sentence}" for line in view.domains]
    if view.quiet_hours:
        lines.append(f"No newsletter is sent from {view.quiet_hours}, by each reader's clock.")
    return "\n".join(lines)
