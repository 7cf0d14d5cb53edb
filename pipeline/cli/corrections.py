"""`rounds corrections`: what was marked wrong, and what was done about it."""

from __future__ import annotations

from typing import Any

import click

from pipeline.actions.count_reach import count_reach
from pipeline.actions.list_faults import letters_of, list_faults
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database
from pipeline.core.editorial.faults import Fault, Reach
from pipeline.gateways.clock import now


@click.command()
@json_option
@needs_database
def command(as_json: bool) -> None:
    """All faults, the newest first, with whom each has reached and where it stands."""
    moment = now()
    found = [(fault, count_reach(fault, moment)) for fault in list_faults()]
    text = "\n".join(
        f"{fault.id}: {fault.subject}: {fault.state.value}. {fault.reason} {reach_words(reach)}"
        for fault, reach in found
    )
    answer(
        {"faults": [fault_data(fault, reach) for fault, reach in found]},
        text or "Nothing was marked wrong.",
        as_json,
    )


def fault_data(fault: Fault, reach: Reach) -> dict[str, Any]:
    """A fault as every command answers it."""
    return {
        "fault": fault.id,
        "article": fault.article,
        "digest": fault.digest,
        "series": fault.series if fault.number else None,
        "issue": fault.number,
        "state": fault.state,
        "reason": fault.reason,
        "by": fault.member,
        "marked_at": fault.marked_at,
        "reach": {
            "received": reach.received,
            "uncertain": reach.uncertain,
            "consenting": reach.consenting,
            "unsent": reach.unsent,
            "in_hand": reach.in_hand,
            "unopened": reach.unopened,
        },
        "answers": [
            {
                "kind": each.kind,
                "wrong": each.wrong,
                "right": each.right,
                "reason": each.reason,
                "by": each.member,
                "at": each.at,
                "carried_out_at": each.carried_out_at,
            }
            for each in fault.answers
        ],
        "campaigns": letters_of(fault),
    }


def reach_words(reach: Reach) -> str:
    """`3 people have received it and 1 may have; ...`."""
    return (
        f"Received by {reach.received}; {reach.uncertain} more may have; {reach.consenting} of these still consent."
        f" Stopped: {reach.unsent} letters, {reach.unopened} issues; {reach.in_hand} were on the way."
    )
