"""`rounds campaign list` and `rounds campaign status`: where things stand."""

from __future__ import annotations

import click

from pipeline.actions.list_campaigns import list_campaigns
from pipeline.actions.show_campaign import show_campaign
from pipeline.cli.answers import answer, json_option
from pipeline.cli.campaign.shape import campaign_data, campaign_line, report_data, report_words
from pipeline.cli.doors import needs_database


@click.command("list")
@json_option
@needs_database
def list_(as_json: bool) -> None:
    """List all campaigns, the newest first."""
    found = list_campaigns()
    words = "\n".join(campaign_line(campaign) for campaign in found)
    answer({"campaigns": [campaign_data(c) for c in found]}, words or "There are no campaigns yet.", as_json)


@click.command()
@click.argument("name")
@json_option
@needs_database
def status(name: str, as_json: bool) -> None:
    """Show each issue of campaign NAME with counts that add up."""
    report = show_campaign(name)
    answer(report_data(report), report_words(report), as_json)
