"""`rounds tell`: say in the archive what is wrong with what went out."""

from __future__ import annotations

import click

from pipeline.actions.count_reach import count_reach
from pipeline.actions.tell_readers import tell_readers
from pipeline.cli.answers import answer, json_option
from pipeline.cli.corrections import fault_data
from pipeline.cli.doors import audited, needs_database, operator
from pipeline.core.editorial.faults import note
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.command()
@click.argument("fault", type=int)
@click.option("--words", required=True, help="What readers are told. It stays for good.")
@json_option
@needs_database
@audited(Event.READERS_TOLD, "fault:{fault}")
def command(fault: int, words: str, as_json: bool) -> None:
    """Publish what is wrong with what FAULT is about: the archive shows it beside the text, at once."""
    done = tell_readers(fault, words, operator(), now())
    answer(fault_data(done, count_reach(done, now())), f"The archive says: {note(done)[1]}", as_json)
