"""`rounds unknown`: deliveries of unknown outcome that wait for a person."""

from __future__ import annotations

import click

from pipeline.actions.list_unknown import list_unknown
from pipeline.actions.settle_unknown import settle_unknown
from pipeline.cli.answers import answer, answer_lines, json_option
from pipeline.cli.doors import audited, needs_database, who
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import Event


@click.group()
def command() -> None:
    """Deliveries whose outcome nobody knows: they are not sent again, and wait for a person."""


@command.command("list")
@click.option("--campaign", metavar="NAME", help="Of one campaign, however old.")
@click.option("--all", "left_too", is_flag=True, help="Those that were left as they are, too.")
@json_option
@needs_database
def list_(campaign: str | None, left_too: bool, as_json: bool) -> None:
    """Print one JSON object a line for each, with or without --json."""
    answer_lines(list_unknown(campaign, left_too=left_too))


@command.command()
@click.argument("deliveries", nargs=-1)
@click.option("--campaign", metavar="NAME", help="All that wait in this campaign.")
@click.option(
    "--as",
    "outcome",
    type=click.Choice(["delivered", "leave"]),
    required=True,
    help="It arrived; or nobody can tell, and it stays as it is.",
)
@json_option
@needs_database
@audited(Event.OUTCOMES_SETTLED)
def settle(deliveries: tuple[str, ...], campaign: str | None, outcome: str, as_json: bool) -> None:
    """Say what became of DELIVERIES, named as `list` does or by Message-ID. Nothing is sent again."""
    if bool(deliveries) == bool(campaign):
        raise BadInput("Name deliveries, or a campaign with --campaign.")
    names = deliveries or tuple(str(each["delivery"]) for each in list_unknown(campaign))
    settled = settle_unknown(names, delivered=outcome == "delivered", by=who())
    words = "are accepted now" if outcome == "delivered" else "stay as they are"
    answer({"settled": settled, "as": outcome}, f"{settled} deliveries {words}.", as_json)
