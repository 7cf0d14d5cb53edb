"""`rounds recall`: call a faulty version back, without a letter."""

from __future__ import annotations

import click

from pipeline.actions.count_reach import count_reach
from pipeline.actions.recall import recall
from pipeline.cli.answers import answer, json_option
from pipeline.cli.corrections import fault_data, reach_words
from pipeline.cli.doors import audited, needs_database, operator
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.command()
@click.argument("fault", type=int)
@json_option
@needs_database
@audited(Event.RECALLED, "fault:{fault}")
def command(fault: int, as_json: bool) -> None:
    """End what FAULT is about for good. The archive says so; nobody gets a letter. It may be corrected later."""
    done = recall(fault, operator(), now())
    reach = count_reach(done, now())
    answer(
        fault_data(done, reach), f"Recalled: fault {done.id}, {done.subject}. {reach_words(reach)}", as_json
    )
