"""`rounds deliveries`: every delivery of a campaign, for other programs."""

from __future__ import annotations

import click

from pipeline.actions.list_deliveries import list_deliveries
from pipeline.cli.answers import answer_lines, json_option
from pipeline.cli.doors import needs_database


@click.command()
@click.argument("campaign")
@json_option
@needs_database
def command(campaign: str, as_json: bool) -> None:
    """Print one JSON object a line for each delivery of CAMPAIGN, with or without --json."""
    answer_lines(list_deliveries(campaign))
