"""`rounds audit`: who saw, exported or changed what, and whether the log is as it was written."""

from __future__ import annotations

import json
import sys

import click

from pipeline.actions.read_audit import a_day, read_audit, subject_of
from pipeline.actions.record_audit import record
from pipeline.actions.verify_audit import verify_audit
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database, operator
from pipeline.core.people.audit import Event, Line
from pipeline.store.audit import Wanted


@click.group()
def command() -> None:
    """The audit log: who saw, exported or changed what."""


@command.command()
@click.option("--member", default="", help="Only what this member did; cli:NAME for a user of this machine.")
@click.option("--event", default="", help="Only this, such as campaign.created.")
@click.option("--about", default="", help="Only about this subject: as the log has it, or an address.")
@click.option("--since", default="", help="YYYY-MM-DD: from this day on, in UTC.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@json_option
@needs_database
def show(member: str, event: str, about: str, since: str, limit: int, as_json: bool) -> None:
    """Print the newest lines, newest first. Looking is recorded too."""
    begins = a_day(since)[0] if since else None
    lines = read_audit(Wanted(member, event, subject_of(about), begins), limit)
    record(Event.AUDIT_VIEWED, member=operator())
    data = {"lines": [json.loads(line.written) for line in lines]}
    answer(data, "\n".join(map(_in_words, lines)) or "Nothing of this kind was recorded.", as_json)


@command.command()
@click.option(
    "--held", metavar="NUMBER:HASH", default="", help="A line that you kept elsewhere, to compare with."
)
@json_option
@needs_database
def verify(held: str, as_json: bool) -> None:
    """Compare every line with its hash, with the line before it, and with what this host keeps outside the database.

    Ends with status 1 if anything was changed.
    """
    found = verify_audit(held)
    data = {
        "lines": found.lines,
        "kept_outside": found.outside,
        "last_line": found.head,
        "wrong": list(found.wrong),
    }
    words = list(found.wrong) or [f"Nothing was changed: {found.lines:,} lines."]
    words.append(f"{found.outside:,} of them are kept by this host outside the database.")
    if found.head:
        words.append(f"Last line: {found.head}")
        words.append("Keep it elsewhere, and compare it one day with `rounds audit verify --held`.")
    answer(data, "\n".join(words), as_json)
    if found.wrong:
        sys.exit(1)


def _in_words(line: Line) -> str:
    """One line: no value of it can hold a break (`core.people.audit.plain`), and what else there is is JSON."""
    ended = "" if line.outcome == "done" else f"  {line.outcome}"
    where = f"  from {line.network}" if line.network else ""
    detail = f"  {json.dumps(dict(line.detail))}" if line.detail else ""
    about = f"  {line.about}" if line.about else ""
    return f"{line.seq}  {line.at:%Y-%m-%d %H:%M:%S} UTC  {line.member}  {line.event}{about}{ended}{where}{detail}"
