"""`rounds articles`: where each article stands."""

from __future__ import annotations

import click

from pipeline.actions.list_articles import ArticleLine, list_articles
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database
from pipeline.gateways.clock import now


@click.command()
@json_option
@needs_database
def command(as_json: bool) -> None:
    """All imported articles, with their state, their review dates and their findings."""
    lines = list_articles(now())
    answer(
        {"articles": [_data(line) for line in lines]}, "\n".join(map(_words, lines)) or "No article.", as_json
    )


def _data(line: ArticleLine) -> dict[str, object]:
    return {
        "article": line.slug,
        "title": line.title,
        "digest": line.digest,
        "state": line.state,
        "reviewer": line.reviewer,
        "reviewed_on": line.reviewed_on,
        "next_review_on": line.next_review_on,
        "findings": {severity.value: count for severity, count in line.findings.items()},
        "faults": line.faults,
    }


def _words(line: ArticleLine) -> str:
    until = f", next review due {line.next_review_on}" if line.next_review_on else ""
    found = ", ".join(f"{count} {severity.value}" for severity, count in line.findings.items() if count)
    wrong = f"; marked wrong: {line.faults}" if line.faults else ""
    return f"{line.slug}: {line.state.words}{until}; findings: {found or 'none'}{wrong}"
