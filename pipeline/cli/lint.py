"""`rounds lint`: what a person should look at in an article."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.actions.import_article import read_article
from pipeline.cli.answers import answer, json_option
from pipeline.cli.findings import blocking, finding_lines, summed_up
from pipeline.core.content.reading_json import finding_json


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_context
def command(context: click.Context, file: Path, as_json: bool) -> None:
    """Check the article in FILE, one finding a line. Exit status 1 when a finding blocks. No database is asked."""
    findings = read_article(file).findings
    stops = blocking(findings)
    data = {"file": str(file), "blocking": stops, "findings": [finding_json(f) for f in findings]}
    answer(data, "\n".join([*finding_lines(str(file), findings), summed_up(findings)]), as_json)
    context.exit(1 if stops else 0)
