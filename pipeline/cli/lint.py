"""`rounds lint`: what a person should look at in articles, for people and for tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

import pipeline
from pipeline.actions.approve_article import every_finding
from pipeline.actions.find_article import unknown_article
from pipeline.actions.import_article import read_article
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import database
from pipeline.cli.findings import blocking, grouped_lines, summed_up
from pipeline.core.content.article import Finding, Severity
from pipeline.core.content.reading_json import finding_json
from pipeline.core.content.slug import is_slug
from pipeline.core.editorial.catalogue import card_of, catalogue
from pipeline.core.editorial.findings_table import findings_table
from pipeline.core.editorial.rule import Card
from pipeline.core.editorial.sarif import sarif
from pipeline.core.errors import BadInput
from pipeline.store import articles

Found = list[tuple[Path, tuple[Finding, ...]]]

# What a folder is searched for; a file named on its own is read whatever it is called.
_ENDINGS = frozenset({".md", ".markdown", ".mdx", ".txt", ".html", ".htm"})


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
    found, refused = _lint(files)
    stops = sum(blocking(findings) for _, findings in found)
    shown = [(path, tuple(f for f in findings if _is_wanted(f, severities))) for path, findings in found]
    if as_sarif:
        answer(sarif([(_uri(path), findings) for path, findings in shown], pipeline.__version__), "", True)
    elif as_table:
        click.echo("\n".join(findings_table(findings) for _, findings in shown), nl=False)
    elif as_json:
        answer(_data(files, found, shown), "", True)
    elif shown:
        click.echo(_in_words(shown))
    for sentence in refused:
        click.echo(sentence, err=True)
    context.exit(2 if refused else 1 if stops else 0)


def _lint(files: Sequence[Path]) -> tuple[Found, list[str]]:
    """What was found in each file, and a sentence for each that cannot be read. Alone, such a file is an error."""
    found: Found = []
    refused = []
    for path in _files(files):
        try:
            found.append((path, _stored(path) if _is_slug(path) else read_article(path).findings))
        except BadInput as error:
            if files == (path,):
                raise
            refused.append(str(error))
    return found, refused


def _is_slug(path: Path) -> bool:
    return not path.exists() and is_slug(str(path))


def _stored(path: Path) -> tuple[Finding, ...]:
    """What there is to find in the article that was imported under this slug."""
    with database():
        stored = articles.latest(str(path))
        if stored is None:
            raise unknown_article(str(path))
        return tuple(sorted(every_finding(stored), key=lambda f: f.line))


def _files(asked: Sequence[Path]) -> list[Path]:
    """Files as they were named; for a folder all articles under it, by name."""
    if not asked:
        raise BadInput("Name a file or a folder, such as `rounds lint content/articles`.")
    files: dict[Path, None] = {}
    for path in asked:
        under = [path]
        if path.is_dir():
            under = [file for file in sorted(path.rglob("*")) if file.suffix.lower() in _ENDINGS]
            if not under:
                raise BadInput(f"{path}: there is no article in this folder. Name another, or a file.")
        files |= dict.fromkeys(under)
    return list(files)


def _is_wanted(finding: Finding, severities: tuple[str, ...]) -> bool:
    return not severities or finding.severity.value in severities


def _in_words(shown: Found) -> str:
    parts = ["\n".join(grouped_lines(str(path), findings)) for path, findings in shown]
    everything = tuple(finding for _, findings in shown for finding in findings)
    many = f" In {len(shown)} files." if len(shown) > 1 else ""
    return "\n\n".join([*(part for part in parts if part), summed_up(everything) + many])


def _data(files: tuple[Path, ...], found: Found, shown: Found) -> dict[str, Any]:
    """One object for a file that was named alone, and a list of them otherwise."""
    each = [
        {"file": str(path), "blocking": blocking(whole), "findings": [_finding(f) for f in findings]}
        for (path, findings), (_, whole) in zip(shown, found, strict=True)
    ]
    if files == tuple(path for path, _ in found) and len(files) == 1:
        return each[0]
    return {"blocking": sum(blocking(whole) for _, whole in found), "files": each}


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
