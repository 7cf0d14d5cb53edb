"""`rounds unmark`: nothing is wrong with what was marked."""

from __future__ import annotations

import click

from pipeline.actions.count_reach import count_reach
from pipeline.actions.lift_mark import lift_mark
from pipeline.cli.answers import answer, json_option
from pipeline.cli.corrections import fault_data
from pipeline.cli.doors import audited, needs_database, operator
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.command()
@click.argument("fault", type=int)
@click.option(
    "--reason", required=True, help="Why it is right as it stands. For us; the archive notes the day."
)
@json_option
@needs_database
@audited(Event.MARK_LIFTED, "fault:{fault}")
def command(fault: int, reason: str, as_json: bool) -> None:
    """Lift the mark of FAULT, made in error. What was stopped goes on if it is signed; the archive notes the day."""
    done = lift_mark(fault, reason, operator(), now(), alone=True)
    answer(
        fault_data(done, count_reach(done, now())),
        f"Lifted: fault {done.id}, {done.subject}. It goes on.",
        as_json,
    )
