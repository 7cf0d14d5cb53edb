"""`rounds lint`: what a person should look at in articles, for people and for tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

import pipeline
from pipeline.actions.approve_article import every_finding
from pipeline.actions.find_article import unknown_article
from pipeline.actions.import_article import read_article
from pipeline.cli.answers import answer, json_option, say
from pipeline.cli.doors import database
from pipeline.cli.findings import blocking, grouped_lines, summed_up
from pipeline.core.content.article import Article, Finding, Severity
from pipeline.core.content.importers import file_names
from pipeline.core.content.reading_json import finding_json
from pipeline.core.content.slug import is_slug
from pipeline.core.editorial.catalogue import card_of, catalogue
from pipeline.core.editorial.findings_table import findings_table
from pipeline.core.editorial.languages import not_asked, told_of
from pipeline.core.editorial.rule import Card
from pipeline.core.editorial.sarif import sarif
from pipeline.core.errors import BadInput
from pipeline.gateways.clock import now
from pipeline.store import articles


@dataclass(frozen=True, slots=True)
class _Linted:
    """One file: what was found, what of it is to be shown, and which rules were not asked, as ids and in words."""

    path: Path
    findings: tuple[Finding, ...]
    shown: tuple[Finding, ...]
    language: str
    not_asked: tuple[str, ...]
    note: str


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--severity",
    "severities",
    multiple=True,
    type=click.Choice([severity.value for severity in Severity]),
    help="Show findings of this severity alone. May be given more than once.",
)
@click.option("--sarif", "as_sarif", is_flag=True, help="Answer in SARIF 2.1.0, for tools.")
@click.option("--table", "as_table", is_flag=True, help="Answer in Markdown tables, one for each severity.")
@click.option("--rules", "list_rules", is_flag=True, help="List all rules: why they matter, how to mend.")
@json_option
@click.pass_context
def command(
    context: click.Context,
    files: tuple[Path, ...],
    severities: tuple[str, ...],
    as_sarif: bool,
    as_table: bool,
    list_rules: bool,
    as_json: bool,
) -> None:
    """Check the articles in FILES and folders. Exit status 1 when a finding blocks. No database is asked, except for
    the slug of an imported article, with which also what its reader and the last check of its references found is told.

    A rule is silenced in the article, with a reason that the reviewer sees: docs/writing.md.
    """
    if list_rules:
        _say_rules(as_json)
        return
    if as_json + as_sarif + as_table > 1:
        raise BadInput("Ask for one of --json, --sarif and --table.")
    found, refused = _lint(files, severities)
    if as_sarif:
        shown = [(_uri(one.path), one.shown) for one in found]
        notes = {_uri(one.path): one.note for one in found}
        answer(sarif(shown, pipeline.__version__, notes), "", True)
    elif as_table:
        say("\n".join(findings_table(one.shown) for one in found), nl=False)
    elif as_json:
        answer(_data(files, found), "", True)
    elif found:
        say(_in_words(found, whole=bool(severities)))
    for sentence in refused:
        say(sentence, err=True)
    context.exit(2 if refused else 1 if any(blocking(one.findings) for one in found) else 0)


def _lint(files: Sequence[Path], severities: tuple[str, ...]) -> tuple[list[_Linted], list[str]]:
    """What was found in each file, and a sentence for each that cannot be read. Alone, such a file is an error."""
    found = []
    refused = []
    today = now().date()
    for path in _files(files):
        try:
            article, findings = _stored(path) if _is_slug(path) else _read(path, today)
        except BadInput as error:
            if files == (path,):
                raise
            refused.append(str(error))
            continue
        shown = tuple(f for f in findings if not severities or f.severity.value in severities)
        idle = tuple(rule.id for rule in not_asked(article))
        found.append(_Linted(path, findings, shown, article.language, idle, told_of(article)))
    return found, refused


def _is_slug(path: Path) -> bool:
    return not path.exists() and is_slug(str(path))


def _read(path: Path, today: date) -> tuple[Article, tuple[Finding, ...]]:
    reading = read_article(path, today)
    return reading.article, reading.findings


def _stored(path: Path) -> tuple[Article, tuple[Finding, ...]]:
    """What there is to find in the article that was imported under this slug."""
    with database():
        stored = articles.latest(str(path))
        if stored is None:
            raise unknown_article(str(path))
        return stored.article, tuple(sorted(every_finding(stored), key=lambda f: f.line))


def _files(asked: Sequence[Path]) -> list[Path]:
    """Files as they were named; for a folder all articles under it, by name."""
    if not asked:
        raise BadInput("Name a file or a folder, such as `rounds lint content/articles`.")
    files: dict[Path, None] = {}
    for path in asked:
        under = [path]
        if path.is_dir():
            under = [file for file in sorted(path.rglob("*")) if file.suffix.lower() in file_names.ARTICLES]
            if not under:
                raise BadInput(f"{path}: there is no article in this folder. Name another, or a file.")
        files |= dict.fromkeys(under)
    return list(files)


def _in_words(found: list[_Linted], *, whole: bool) -> str:
    """Grave ones first. What only warns is folded, and the last line says how to see it."""
    parts = []
    for one in found:
        lines = list(grouped_lines(str(one.path), one.shown, whole=whole))
        parts.append("\n".join([*lines, one.note] if one.note else lines))
    everything = tuple(finding for one in found for finding in one.shown)
    many = f" In {len(found)} files." if len(found) > 1 else ""
    folded = not whole and any(not finding.blocks for finding in everything)
    more = " --severity C shows each warning and how to mend it." if folded else ""
    return "\n\n".join([*(part for part in parts if part), summed_up(everything) + many + more])


def _data(files: tuple[Path, ...], found: list[_Linted]) -> dict[str, Any]:
    """One object for a file that was named alone, and a list of them otherwise."""
    each = [
        {
            "file": str(one.path),
            "blocking": blocking(one.findings),
            "language": one.language,
            "not_asked": list(one.not_asked),
            "findings": [_finding(finding) for finding in one.shown],
        }
        for one in found
    ]
    if files == tuple(one.path for one in found) and len(files) == 1:
        return each[0]
    return {"blocking": sum(blocking(one.findings) for one in found), "files": each}


def _finding(finding: Finding) -> dict[str, Any]:
    card = card_of(finding.rule)
    return {**finding_json(finding), "why": card and card.why, "mend": card and card.mend}


def _uri(path: Path) -> str:
    """A relative path as it is, with what a URI cannot hold escaped; an absolute one as a file: URI."""
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _say_rules(as_json: bool) -> None:
    cards = sorted(catalogue().values(), key=lambda card: card.severity)
    data = [
        {"rule": c.id, "severity": c.severity, "what": c.what, "why": c.why, "mend": c.mend} for c in cards
    ]
    answer({"rules": data}, "" if as_json else "\n\n".join(_in_lines(cards)), as_json)


def _in_lines(cards: Sequence[Card]) -> Iterator[str]:
    for card in cards:
        milder = f", or {card.but}" if card.but else ""
        yield f"{card.severity.value}{milder} {card.id}: {card.what}.\n  Why: {card.why}\n  To mend: {card.mend}"
