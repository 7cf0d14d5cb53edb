"""`rounds subscribers`: bring in people who said yes elsewhere, and erase a child."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.actions.erase_child import erase_child
from pipeline.actions.import_subscribers import ImportReport, import_subscribers
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database
from pipeline.gateways.clock import now

REFUSALS_SHOWN = 20


@click.group()
def command() -> None:
    """The people who are mailed."""


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--purpose", required=True, help="The list that they said yes to.")
@click.option("--evidence", required=True, help="In words: when, where and how they said yes.")
@click.option("--dry-run", is_flag=True, help="Report what would happen; write nothing.")
@json_option
@needs_database
def import_(file: Path, purpose: str, evidence: str, dry_run: bool, as_json: bool) -> None:
    """Import FILE, a CSV with a header and a column `email`; `given_name` and `zone` may follow.

    Rows that cannot be used are reported and passed over. Nobody who said no is brought back.
    """
    report = import_subscribers(file, purpose, evidence, now(), dry_run=dry_run)
    data = {
        "rows": report.rows,
        "imported": report.imported,
        "already": report.already,
        "refused": dict(report.refused),
        "refusals": [{"line": row.line, "reason": row.reason} for row in report.refusals],
        "dry_run": dry_run,
    }
    answer(data, _in_words(file, report, dry_run), as_json)


@command.command("erase-child")
@click.argument("address")
@json_option
@needs_database
def erase_child_(address: str, as_json: bool) -> None:
    """Erase the person at ADDRESS, who is too young to have signed up. They are never mailed again."""
    erase_child(address, now())
    answer({"erased": True}, "Erased. The mailbox stays suppressed, known by a keyed hash alone.", as_json)


def _in_words(file: Path, report: ImportReport, dry_run: bool) -> str:
    refused = sum(report.refused.values())
    why = ", ".join(f"{number} {reason.replace('_', ' ')}" for reason, number in report.refused.most_common())
    lines = [
        f"{report.rows} rows = {report.imported} imported + {report.already} already on the list"
        f" + {refused} refused{f' ({why})' if why else ''}"
    ]
    shown = report.refusals[:REFUSALS_SHOWN]
    lines += [f"{file}:{row.line}: {row.reason}" for row in shown]
    if refused > len(shown):
        lines.append(f"and {refused - len(shown)} more; --json lists the first {len(report.refusals)}.")
    if dry_run:
        lines.append("A dry run: nothing was written.")
    return "\n".join(lines)
