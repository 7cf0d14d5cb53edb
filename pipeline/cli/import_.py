"""`rounds import`: read articles from a file, a folder, an export, a feed or an address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from pipeline.actions.find_articles import Found, Tell, find_articles, tell_nobody
from pipeline.actions.import_article import Imported, import_article, import_reading
from pipeline.actions.record_audit import record
from pipeline.cli.answers import answer, answer_lines, json_option, say
from pipeline.cli.doors import database, operator
from pipeline.cli.findings import blocking, finding_lines, summed_up
from pipeline.core.content.article import Reading
from pipeline.core.content.reading_json import reading_json
from pipeline.core.errors import BadInput, RoundsError
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now

DRY = "A dry run: nothing was written."


@click.command()
@click.argument("source")
@click.option("--dry-run", is_flag=True, help="Read and report; write nothing and ask no database.")
@json_option
@click.pass_context
def command(context: click.Context, source: str, dry_run: bool, as_json: bool) -> None:
    """Read the articles of SOURCE: a file, a folder, a WordPress export, a feed, or an https address.

    Each is kept as a draft, a new revision that nobody has approved. What comes from elsewhere also becomes
    content/articles/<slug>.md. Importing an unchanged article again changes nothing. Of several articles each is
    imported for itself: what is refused does not stop the others, and the exit status is then 1. With --json several
    articles are one JSON object a line.
    """
    tally = _Tally(dry_run, as_json)
    with _progress() as tell:
        found = find_articles(source, now().date(), tell)
        first = next(found, None)  # a slip is told before a database is asked for
        if first is None:
            raise BadInput("There is no article in it.", place=source)
        if first.alone and isinstance(first.outcome, RoundsError):
            raise first.outcome
        with nullcontext() if dry_run else database():
            for each in chain([first], found):
                tally.add(each, None if dry_run else _import(each))
    tally.end()
    context.exit(1 if tally.refused else 0)


def _import(found: Found) -> Imported | RoundsError:
    if isinstance(found.outcome, RoundsError):
        return found.outcome
    try:
        done = (
            import_article(found.file, now())
            if found.file
            else import_reading(found.outcome, found.place[:200], now())
        )
    except RoundsError as error:
        return error
    _audit(done)
    return done


class _Tally:
    """Tells of each article as it is done, and of all at the end."""

    def __init__(self, dry_run: bool, as_json: bool) -> None:
        self.dry_run, self.as_json = dry_run, as_json
        self.new = self.unchanged = self.refused = self.stopped = 0
        self.alone = False

    def add(self, found: Found, done: Imported | RoundsError | None) -> None:
        outcome = found.outcome if done is None else done
        if found.alone:
            self._add_alone(found, outcome)
            return
        if isinstance(outcome, RoundsError):
            self.refused += 1
            self._tell(
                {"source": found.place, "title": found.title, "refused": str(outcome)},
                f"refused    {outcome}",
            )
            return
        reading = outcome.reading if isinstance(outcome, Imported) else outcome
        known = _known(outcome) if isinstance(outcome, Imported) else _NOTHING
        self.new += known["imported"] != "unchanged"
        self.unchanged += known["imported"] == "unchanged"
        stops = blocking(reading.findings)
        self.stopped += bool(stops)
        word = {"new": "new", "unchanged": "unchanged", "no": "read"}[known["imported"]]
        about = f"{stops} to mend or decide" if stops else "nothing blocks"
        self._tell(
            {"source": found.place, **reading_json(reading), **known},
            f"{word:<10} {reading.article.title} ({reading.article.slug}): {about}",
        )

    def _add_alone(self, found: Found, outcome: Imported | Reading | RoundsError) -> None:
        """All that there is to say of it, since there is no other."""
        self.alone = True
        if isinstance(outcome, RoundsError):
            raise outcome
        if isinstance(outcome, Imported):
            _say(found.place, outcome.reading, _known(outcome), _what(outcome), self.as_json)
        else:
            _say(found.place, outcome, _NOTHING, DRY, self.as_json)

    def _tell(self, data: dict[str, Any], words: str) -> None:
        if self.as_json:
            answer_lines([data])
        else:
            say(words)

    def end(self) -> None:
        if self.as_json or self.alone:
            return
        done = "read" if self.dry_run else "imported as drafts"
        say(
            f"{self.new} {done}, {self.unchanged} unchanged, {self.refused} refused;"
            f" {self.stopped} have findings that block. See each with: rounds lint content/articles/<slug>.md"
        )
        if self.dry_run:
            say(DRY)


_NOTHING: dict[str, Any] = {"imported": "no", "written": None}


def _known(done: Imported) -> dict[str, Any]:
    written = f"content/articles/{done.written.name}" if done.written else None
    return {"imported": "new" if done.new else "unchanged", "written": written}


def _what(done: Imported) -> str:
    what = "Imported as a new revision." if done.new else "Unchanged: this revision is known already."
    if done.written:
        what += f" Wrote content/articles/{done.written.name}: edit that file from now on."
    return what


def _audit(done: Imported) -> None:
    about = f"article:{done.reading.article.slug}"
    record(Event.ARTICLE_IMPORTED, member=operator(), about=about, detail={"new": done.new})


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on a terminal; nothing where nobody watches."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield tell_nobody
        return
    columns = (TextColumn("reading"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)


def _say(place: str, reading: Reading, known: dict[str, Any], what: str, as_json: bool) -> None:
    answer({**reading_json(reading), **known}, "" if as_json else _in_words(place, reading, what), as_json)


def _in_words(place: str, reading: Reading, what: str) -> str:
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
        lines += ["Left out:", *[f"  {place}:{part.line}: {part.why}" for part in reading.left_out]]
    return "\n".join([*lines, *finding_lines(place, reading.findings), summed_up(reading.findings), what])
