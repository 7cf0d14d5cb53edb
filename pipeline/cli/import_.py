"""`rounds import`: read an article from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.actions.import_article import import_article, read_article
from pipeline.actions.record_audit import record
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import database, operator
from pipeline.cli.findings import finding_lines, summed_up
from pipeline.core.content.article import Reading
from pipeline.core.content.reading_json import reading_json
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and report; write nothing and ask no database.")
@json_option
def command(file: Path, dry_run: bool, as_json: bool) -> None:
    """Read an article from FILE: Markdown in our form or another tool's, or a plain-text page.

    It is kept as a new revision. A file from elsewhere also becomes content/articles/<slug>.md. Importing an
    unchanged file again changes nothing.
    """
    if dry_run:
        reading = read_article(file)
        _say(file, reading, {"imported": "no", "written": None}, "A dry run: nothing was written.", as_json)
        return
    with database():
        done = import_article(file, now())
        about = f"article:{done.reading.article.slug}"
        record(Event.ARTICLE_IMPORTED, member=operator(), about=about, detail={"new": done.new})
    written = f"content/articles/{done.written.name}" if done.written else None
    what = "Imported as a new revision." if done.new else "Unchanged: this revision is known already."
    if written:
        what += f" Wrote {written}: edit that file from now on."
    known = {"imported": "new" if done.new else "unchanged", "written": written}
    _say(file, done.reading, known, what, as_json)


def _say(file: Path, reading: Reading, known: dict[str, Any], what: str, as_json: bool) -> None:
    answer({**reading_json(reading), **known}, "" if as_json else _in_words(file, reading, what), as_json)


def _in_words(file: Path, reading: Reading, what: str) -> str:
    article = reading.article
    authors = ", ".join(person.name for person in article.authors) or "no author named"
    suggested = sum(section.suggested for section in article.sections)
    sections = f"{len(article.sections)} sections"
    sections += f" ({suggested} with a suggested heading: please confirm)" if suggested else ""
    lines = [
        f"{article.title} ({article.slug}), {authors}",
        f"{sections}, {len(article.faq)} questions, {len(article.references)} references",
        *[f"  {'  ' * (s.level - 2)}{s.heading}{'  [suggested]' * s.suggested}" for s in article.sections],
    ]
    if reading.left_out:
        lines += ["Left out:", *[f"  {file}:{part.line}: {part.why}" for part in reading.left_out]]
    return "\n".join([*lines, *finding_lines(str(file), reading.findings), summed_up(reading.findings), what])
