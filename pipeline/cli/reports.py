"""`rounds reports`: what mail systems told us of our mail, and what nobody could make sense of."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from datetime import datetime

import click

from pipeline.actions.collect_reports import collect_reports, read_one
from pipeline.actions.list_reports import list_reports, show_report
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database
from pipeline.core.feedback.mime import LARGEST
from pipeline.gateways.clock import now

# What a mail system calls the address that it pipes a message for: Postfix, and others after it.
RECIPIENT_VARIABLES = ("ORIGINAL_RECIPIENT", "RECIPIENT")
OUTCOMES = ("kept", "known", "ignored", "quarantined", "poison")


@click.group()
def command() -> None:
    """Bounces and complaints."""


@command.command()
@json_option
@needs_database
def collect(as_json: bool) -> None:
    """Read what waits in the mailbox of ROUNDS_BOUNCE_URL and the Maildir of ROUNDS_BOUNCE_MAILDIR, now."""
    counts = collect_reports(now()).counts
    data = {name: counts[name] for name in OUTCOMES}
    answer(data, _in_words(data), as_json)


@command.command()
@click.option(
    "--recipient", default="", help="The address that it was delivered to, where the mail system knows it."
)
@json_option
@needs_database
def read(recipient: str, as_json: bool) -> None:
    """Read one report from standard input, as a mail system pipes it in."""
    raw = sys.stdin.buffer.read(LARGEST + 1)
    while sys.stdin.buffer.read(64 * 1024):
        pass  # a mail system whose pipe breaks believes that the message was not taken
    outcome = read_one(raw, now(), recipient or _recipient())
    answer({"outcome": outcome}, outcome, as_json)


def _recipient() -> str:
    return next((os.environ[name] for name in RECIPIENT_VARIABLES if os.environ.get(name)), "")


@command.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@json_option
@needs_database
def list_(limit: int, as_json: bool) -> None:
    """The newest events, and the reports that were laid aside for a person to look at."""
    found = list_reports(limit)
    data = {
        "events": [asdict(event) for event in found.events],
        "quarantined": [asdict(report) for report in found.laid_aside],
    }
    lines = [f"{len(found.events)} events"]
    for event in found.events:
        about = f"{event.campaign} issue {event.issue}" if event.campaign else "a letter"
        code = event.enhanced or (str(event.code) if event.code else "")
        lines.append(
            f"  {_shown(event.occurred_at)}  {event.kind:12}  {about}  {code}  {event.said[:80]}".rstrip()
        )
    lines.append(f"{len(found.laid_aside)} reports laid aside; `rounds reports show NUMBER` prints one")
    for report in found.laid_aside:
        lines.append(f"  {report.id}  {_shown(report.received_at)}  {report.source}  {report.why}")
    answer(data, "\n".join(lines), as_json)


@command.command()
@click.argument("number", type=int)
@json_option
@needs_database
def show(number: int, as_json: bool) -> None:
    """Print a report that was laid aside, as it came. It may hold personal data."""
    text = show_report(number).decode("utf-8", "replace")
    answer({"id": number, "text": text}, text, as_json)


def _in_words(data: dict[str, int]) -> str:
    if not any(data.values()):
        return "Nothing new."
    return ", ".join(f"{count} {name}" for name, count in data.items() if count)


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
