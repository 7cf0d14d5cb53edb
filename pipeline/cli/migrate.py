"""`rounds migrate`: bring the tables and the notices up to date."""

from __future__ import annotations

import click

from pipeline.actions.prepare_database import prepare_database
from pipeline.cli.answers import answer, json_option
from pipeline.gateways.clock import now
from pipeline.gateways.reach import within_reach
from pipeline.settings import current


@click.command()
@json_option
def command(as_json: bool) -> None:
    """Bring the tables up to date and put new notices of content/notices/ into force. Safe to repeat."""
    with within_reach(current()):
        done = prepare_database(now())
    parts = [f"applied {len(done.applied)} migrations"] if done.applied else []
    parts += [f"published {done.notices} notices"] if done.notices else []
    text = " and ".join(parts) or "the tables and the notices are up to date"
    data = {"applied": done.applied, "notices_published": done.notices}
    answer(data, f"{text[:1].upper()}{text[1:]}.", as_json)
