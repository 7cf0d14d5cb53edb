"""`rounds migrate`: bring the tables up to date."""

from __future__ import annotations

import click

from pipeline.cli.answers import answer, json_option
from pipeline.gateways.reach import within_reach
from pipeline.settings import current
from pipeline.store import schema


@click.command()
@json_option
def command(as_json: bool) -> None:
    """Bring the tables of the database up to date. Nothing happens when they are."""
    with within_reach(current()):
        applied = schema.migrate()
    text = f"Applied {len(applied)} migrations." if applied else "The tables are up to date."
    answer({"applied": applied}, text, as_json)
