"""`rounds render`: the emails of a series as files to look at."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.actions.preview_series import (
    PreviewedIssue,
    preview_sample,
    preview_series,
    with_pictures_beside,
)
from pipeline.cli.answers import answer, json_option
from pipeline.cli.findings import blocking, finding_lines, summed_up
from pipeline.core.content.reading_json import finding_json
from pipeline.core.errors import NotFound
from pipeline.gateways.clock import now
from pipeline.gateways.files import write_whole


@click.command()
@click.argument("series", required=False)
@click.option(
    "--sample", is_flag=True, help="Instead of a series, a made-up letter with every part of the kit."
)
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), required=True, help="The folder to write into."
)
@click.option("--number", type=int, help="Only this issue.")
@click.option(
    "--keep-slots", is_flag=True, help="Leave [[slots]] open instead of filling in a made-up reader."
)
@json_option
@click.pass_context
def command(
    context: click.Context,
    series: str | None,
    sample: bool,
    folder: Path,
    number: int | None,
    keep_slots: bool,
    as_json: bool,
) -> None:
    """Render SERIES, a slug or a .toml file: issue-1.html, issue-1.txt and so on, with what the checks find.

    With --sample a made-up letter shows every part of the kit in your own brand. Exit status 1 when a check blocks. The
    files are written all the same, to be looked at. No database is asked.
    """
    if sample == bool(series):
        raise click.UsageError("Name a series, or write --sample.")
    if series:
        issues = preview_series(series, now(), keep_slots=keep_slots)
    else:
        issues = [preview_sample(now(), keep_slots=keep_slots)]
    wanted = [issue for issue in issues if number in (None, issue.content.number)]
    if not wanted:
        known = ", ".join(str(issue.content.number) for issue in issues)
        raise NotFound(f"The series has no issue {number}. It has {known}.")
    for issue in wanted:
        write_whole(folder / f"issue-{issue.content.number}.html", with_pictures_beside(issue.html, folder))
        write_whole(folder / f"issue-{issue.content.number}.txt", issue.text)
    stops = sum(blocking(issue.findings) for issue in wanted)
    data = {"series": wanted[0].content.series_slug, "blocking": stops}
    answer(
        {**data, "issues": [_data(issue, folder) for issue in wanted]},
        "\n".join(line for issue in wanted for line in _in_words(issue, folder)),
        as_json,
    )
    context.exit(1 if stops else 0)


def _data(issue: PreviewedIssue, folder: Path) -> dict[str, object]:
    content = issue.content
    return {
        "number": content.number,
        "title": content.title,
        "subject": content.subject,
        "preheader": content.preheader,
        "reading_minutes": content.reading_minutes,
        "html": str(folder / f"issue-{content.number}.html"),
        "text": str(folder / f"issue-{content.number}.txt"),
        "html_bytes": len(issue.html.encode()),
        "findings": [finding_json(f) for f in issue.findings],
    }


def _in_words(issue: PreviewedIssue, folder: Path) -> list[str]:
    content = issue.content
    place = str(folder / f"issue-{content.number}.html")
    size = f"{len(issue.html.encode()) / 1000:.0f} kB, {content.reading_minutes} min"
    return [
        f"{place}  {content.subject} ({size}). {summed_up(issue.findings)}",
        *[f"  {line}" for line in finding_lines(place, issue.findings)],
    ]
