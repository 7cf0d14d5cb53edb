"""`rounds subscribers`: bring people in, give out who is on the lists, and forget those who ask for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.actions.erase_address import erase_address
from pipeline.actions.export_subscribers import ExportOptions, export_subscribers
from pipeline.actions.import_file import ImportedFile, import_file
from pipeline.actions.survey_list import ImportOptions, Tell, tell_nobody
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database, operator
from pipeline.core.consent.lists.dialects import Said
from pipeline.core.consent.lists.progress import ImportReport
from pipeline.gateways.clock import now
from pipeline.gateways.list_file import private

REFUSALS_SHOWN = 20
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def command() -> None:
    """The people who are mailed."""


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--purpose", required=True, help="The list that they said yes to.")
@click.option("--evidence", required=True, help="In words: when, where and how they said yes.")
@click.option("--notice", default="", metavar="ID:VERSION", help="The notice that they were shown.")
@click.option("--collected-from", type=DAY, help="The day of the first yes on the list.")
@click.option("--collected-until", type=DAY, help="The day of the last.")
@click.option(
    "--decision",
    default="",
    metavar="TEXT",
    help="The controller's decision to mail people whose evidence is deficient, in words. It is kept with each yes.",
)
@click.option(
    "--all-are",
    type=click.Choice([said.value for said in Said]),
    default=Said.YES.value,
    help="What every row says, where the file does not: a list of people who are not to be mailed.",
)
@click.option("--refused", type=click.Path(path_type=Path), help="Where to write the rows that were refused.")
@click.option("--dry-run", is_flag=True, help="Report what would happen; write nothing.")
@json_option
@needs_database
def import_(
    file: Path,
    purpose: str,
    evidence: str,
    notice: str,
    collected_from: datetime | None,
    collected_until: datetime | None,
    decision: str,
    all_are: str,
    refused: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import FILE, a CSV as Mailchimp, Substack, beehiiv, listmonk, MailPoet, Outlook or a spreadsheet writes it.

    Whoever said no there is not mailed here either, and nobody who said no here is brought back. Rows that cannot be
    used are written to a file, to be corrected and imported again. An import that was cut short is gone on with by the
    same command.
    """
    options = ImportOptions(
        purpose,
        evidence,
        notice,
        collected_from.date() if collected_from else None,
        collected_until.date() if collected_until else None,
        decision,
        all_are,
    )
    with _progress() as tell:
        done = import_file(file, options, operator(), now(), dry_run=dry_run, refused=refused, tell=tell)
    answer(_data(done, dry_run), _in_words(file, done, dry_run), as_json)


@command.command()
@click.option("--purpose", default="", help="One list. Without it: all.")
@click.option("--suppressions", is_flag=True, help="Whom we must not mail instead: keyed hashes and reasons.")
@click.option(
    "--to", type=click.Path(path_type=Path), help="The file, readable by you alone. Without it: here."
)
@click.option("--bom", is_flag=True, help="Begin with the mark by which Excel knows UTF-8.")
@json_option
@needs_database
def export(purpose: str, suppressions: bool, to: Path | None, bom: bool, as_json: bool) -> None:
    """Write who is on a list, with consent and evidence, as CSV that is safe in a spreadsheet, or as JSON lines.

    It writes personal data.
    """
    lines = export_subscribers(ExportOptions(purpose, suppressions, as_json, bom), operator(), now())
    if to is None:
        for line in lines:
            sys.stdout.write(line)
        return
    with os.fdopen(private(to), "w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    click.echo(f"Written to {to}.", err=True)


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on a terminal; nothing where nobody watches."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield tell_nobody
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        yield tell


def _data(done: ImportedFile, dry_run: bool) -> dict[str, object]:
    report = done.report
    return {
        "rows": report.rows,
        "imported": report.imported,
        "deficient": report.deficient,
        "already": report.already,
        "noes": dict(report.noes),
        "refused": dict(report.refused),
        "grades": dict(report.grades),
        "why_deficient": dict(report.why_deficient),
        "refusals": [{"line": row.line, "reason": row.reason} for row in report.refusals],
        "refused_file": done.refused,
        "reading": done.survey.reading,
        "file_sha256": done.survey.file.sha256,
        "import": done.uid,
        "resumed_after": done.resumed_after,
        "dry_run": dry_run,
    }


@command.command()
@click.argument("address")
@click.option("--child", is_flag=True, help="We learnt that it belongs to a child under 13.")
@json_option
@needs_database
def erase(address: str, child: bool, as_json: bool) -> None:
    """Forget who ADDRESS is, for good: its key is destroyed, and it is suppressed so that no import brings it back."""
    erased = erase_address(address, now(), child=child)
    words = (
        "Erased. The ledger keeps what happened, and not to whom; the address is suppressed for good."
        if erased
        else "It was erased already. It stays suppressed."
    )
    answer({"erased": erased}, words, as_json)


def _in_words(file: Path, done: ImportedFile, dry_run: bool) -> str:
    report, reading = done.report, done.survey.reading
    lines = [
        f"Read as {reading['tool']}, {reading['encoding']}, columns parted by {reading['delimiter']}.",
        _sum(report),
    ]
    if report.grades:
        lines.append(f"Evidence: {_counted(report.grades)}.")
    if report.why_deficient:
        lines.append(f"Deficient, since {_counted(report.why_deficient)}.")
    if report.deficient:
        lines.append(
            "Deficient rows are on record and mailed by nobody. To mail them is the controller's decision: --decision."
        )
    if done.resumed_after:
        lines.append(
            f"An earlier import was cut short after line {done.resumed_after}: this one went on there."
        )
    shown = report.refusals[:REFUSALS_SHOWN]
    lines += [f"{file}:{row.line}: {row.reason}" for row in shown]
    refused = sum(report.refused.values())
    if refused > len(shown):
        lines.append(f"and {refused - len(shown)} more; --json lists the first {len(report.refusals)}.")
    if done.refused:
        lines.append(f"Refused rows, to be corrected and imported again: {done.refused}")
    if dry_run:
        lines.append("A dry run: nothing was written.")
    return "\n".join(lines)


def _sum(report: ImportReport) -> str:
    parts = [f"{report.imported} imported", f"{report.already} already on the list"]
    if report.deficient:
        parts.append(f"{report.deficient} deficient")
    if report.noes:
        parts.append(f"{sum(report.noes.values())} that say no ({_counted(report.noes)})")
    refused = sum(report.refused.values())
    parts.append(f"{refused} refused{f' ({_counted(report.refused)})' if refused else ''}")
    return f"{report.rows} rows = {' + '.join(parts)}"


def _counted(counts: dict[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in ordered)
