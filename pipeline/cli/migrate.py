"""`rounds migrate`: bring the tables and the notices up to date."""

from __future__ import annotations

from typing import Any

import click

from pipeline.actions.prepare_database import prepare_database
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import operator
from pipeline.gateways.clock import now
from pipeline.gateways.reach import within_reach
from pipeline.settings import current


@click.command()
@click.option(
    "--grant-to",
    default="",
    metavar="ROLE",
    help="Let this role of PostgreSQL run Rounds without owning the tables; made if it is missing.",
)
@json_option
def command(grant_to: str, as_json: bool) -> None:
    """Bring the tables up to date and put new notices of content/notices/ into force. Safe to repeat."""
    with within_reach(current()):
        done = prepare_database(now(), grant_to, operator())
    parts = [f"applied {len(done.applied)} migrations"] if done.applied else []
    parts += [f"published {done.notices} notices"] if done.notices else []
    text = " and ".join(parts) or "the tables and the notices are up to date"
    data: dict[str, Any] = {"applied": done.applied, "notices_published": done.notices}
    sentences = [f"{text[:1].upper()}{text[1:]}."]
    if granted := done.granted:
        data["granted"] = {
            "role": granted.role,
            "made": granted.made,
            "append_only": list(granted.append_only),
        }
        sentences.append(
            f"{granted.role} can run Rounds, and only read and add to {', '.join(granted.append_only)}."
        )
        if granted.made:
            sentences.append(f"The role is new: give it a password with \\password {granted.role} in psql.")
    answer(data, " ".join(sentences), as_json)
