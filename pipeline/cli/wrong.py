"""`rounds wrong`: stop what was found to be wrong."""

from __future__ import annotations

import click

from pipeline.actions.count_reach import count_reach
from pipeline.actions.mark_wrong import mark_wrong
from pipeline.cli.answers import answer, json_option
from pipeline.cli.corrections import fault_data, reach_words
from pipeline.cli.doors import audited, needs_database, operator
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.command()
@click.argument("name")
@click.option(
    "--issue", "number", type=click.IntRange(1, 999), help="Of the series NAME; else the article NAME."
)
@click.option(
    "--reason",
    required=True,
    help="What is wrong, for whoever looks into it. The archive says only that something may be: rounds tell.",
)
@json_option
@needs_database
@audited(Event.MARKED_WRONG, "wrong:{name}")
def command(name: str, number: int | None, reason: str, as_json: bool) -> None:
    """Mark what went out of the article NAME wrong, or with --issue one issue of the series NAME. It stops at once."""
    fault, new = mark_wrong(name, number, reason, operator(), now())
    reach = count_reach(fault, now())
    said = "Marked wrong, and stopped" if new else "Marked wrong before, and stopped"
    text = (
        f"{said}: fault {fault.id}, {fault.subject}. {reach_words(reach)}\n"
        f"Next: rounds correct {fault.id} --wrong TEXT --right TEXT, or rounds recall {fault.id};"
        f" rounds unmark {fault.id} if nothing is wrong. rounds tell {fault.id} says in the archive what is."
    )
    answer({**fault_data(fault, reach), "new": new}, text, as_json)
