"""`rounds placements`: where sign-up forms may stand."""

from __future__ import annotations

import click

from pipeline.actions.add_placement import add_placement
from pipeline.actions.close_placement import close_placement
from pipeline.actions.list_placements import list_placements
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database
from pipeline.gateways.clock import now
from pipeline.store.placements import StoredPlacement


@click.group()
def command() -> None:
    """Where sign-up forms may stand: nobody can sign up from anywhere else."""


@command.command()
@click.argument("name")
@click.argument("page_url", metavar="URL")
@click.option("--purpose", "purposes", multiple=True, help="A list that it offers; without it, all of them.")
@json_option
@needs_database
def add(name: str, page_url: str, purposes: tuple[str, ...], as_json: bool) -> None:
    """Let a form called NAME stand on the page at URL. `rounds embed NAME` prints it."""
    made = add_placement(name, page_url, purposes, now())
    data = {
        "name": made.name,
        "page_url": made.page_url,
        "origin": made.origin,
        "purposes": list(made.purposes),
    }
    answer(data, f"{made.name} may stand at {made.page_url}. See `rounds embed {made.name}`.", as_json)


@command.command("list")
@json_option
@needs_database
def list_(as_json: bool) -> None:
    """Show every placement, closed ones too."""
    found = list_placements()
    words = "\n".join(_line(stored) for stored in found)
    answer(
        {"placements": [_data(stored) for stored in found]}, words or "No form stands anywhere else.", as_json
    )


@command.command()
@click.argument("name")
@json_option
@needs_database
def close(name: str, as_json: bool) -> None:
    """Let nobody sign up by the form NAME any more. What was said there stays in the ledger."""
    close_placement(name, now())
    answer({"closed": name}, f"{name} is closed. Take its form off the page.", as_json)


def _data(stored: StoredPlacement) -> dict[str, object]:
    placement = stored.placement
    return {
        "name": placement.name,
        "page_url": placement.page_url,
        "origin": placement.origin,
        "purposes": list(placement.purposes),
        "created_at": stored.created_at,
        "closed_at": stored.closed_at,
    }


def _line(stored: StoredPlacement) -> str:
    placement = stored.placement
    offers = f", for {', '.join(placement.purposes)}" if placement.purposes else ""
    closed = f" (closed on {stored.closed_at:%Y-%m-%d})" if stored.closed_at else ""
    return f"{placement.name}  {placement.page_url}{offers}{closed}"
