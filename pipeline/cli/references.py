"""`rounds references`: what an article rests on."""

from __future__ import annotations

from typing import Any

import click

from pipeline.actions.check_references import CheckedReferences, check_references, keep_outcomes
from pipeline.actions.find_article import article_file, find_article
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import database
from pipeline.cli.findings import blocking, finding_lines, summed_up
from pipeline.core.content.article import Article
from pipeline.core.content.reading_json import finding_json
from pipeline.core.content.references.csl import csl
from pipeline.core.content.references.facts import facts
from pipeline.core.content.references.links import LinkAnswer
from pipeline.core.content.slug import is_slug
from pipeline.core.editorial.reference_review import cited_at
from pipeline.core.home_zone import HOME_ZONE
from pipeline.gateways.clock import now
from pipeline.gateways.link_status import status_of
from pipeline.settings import current


class _ShownUnlessAsked(click.Group):
    """`rounds references ARTICLE` is `rounds references show ARTICLE`."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        named = next((argument for argument in args if not argument.startswith("-")), None)
        if named is not None and named not in self.commands:
            args = ["show", *args]
        return super().parse_args(context, args)


@click.group(cls=_ShownUnlessAsked)
def command() -> None:
    """What an article rests on: its list of references, and whether each still stands."""


@command.command("show")
@click.argument("article")
@click.option("--csl", "as_csl", is_flag=True, help="Answer in CSL JSON, for a reference manager.")
@json_option
def show(article: str, as_csl: bool, as_json: bool) -> None:
    """List the references of ARTICLE, a slug or a file: grade, identifiers, day of access, where each is cited.

    Only an article that was imported and has no file here needs the database.
    """
    found = _found(article)
    if as_csl:
        answer([csl(reference) for reference in found.references], "", True)
        return
    rows = _rows(found)
    answer({"article": found.slug, "references": rows}, "" if as_json else _in_words(rows), as_json)


@command.command("check")
@click.argument("article")
@json_option
@click.pass_context
def check(context: click.Context, article: str, as_json: bool) -> None:
    """Ask for the page of each reference of ARTICLE, look for retractions, and say what to look at.

    Exit status 1 when a finding blocks. This machine asks for the pages: by https alone, and of the open web alone. Of
    an imported article that is named by its slug the outcome is kept: a retraction waits for the clinician who signs.
    """
    found = _found(article)
    checked = check_references(found, now().astimezone(HOME_ZONE).date(), status_of, current().retractions)
    kept = is_slug(article) and _kept(found, checked)
    stops = blocking(checked.findings)
    data = {
        "article": found.slug,
        "blocking": stops,
        "findings": [finding_json(finding) for finding in checked.findings],
        "links": [_link(ref, link) for ref, link in checked.links.items()],
        "retractions": str(checked.retractions) if checked.retractions else None,
        "kept": kept,
    }
    lines = [*_checked_lines(article, checked), _KEPT if kept else _NOT_KEPT]
    answer(data, "\n".join(lines), as_json)
    context.exit(1 if stops else 0)


_KEPT = (
    "Kept with the article: whoever signs it next sees this. An approval that stands is not touched by it; rounds"
    " withdraw takes one back."
)
_NOT_KEPT = "Nothing was kept: that takes an imported article, named by its slug."


def _kept(article: Article, checked: CheckedReferences) -> bool:
    with database():
        return keep_outcomes(article.slug, checked, now())


def _found(name: str) -> Article:
    if article_file(name):
        return find_article(name)
    with database():
        return find_article(name)


def _rows(article: Article) -> list[dict[str, Any]]:
    cited = cited_at(article)
    rows = []
    for reference in article.references:
        known = facts(reference)
        rows.append(
            {
                "number": reference.number,
                "key": reference.id,
                "text": reference.text,
                "grade": known.grade,
                "why": known.why,
                "url": known.url,
                "doi": known.doi,
                "pmid": known.pmid,
                "accessed": known.accessed,
                "missing": list(known.missing),
                "cited": [{"section": heading, "line": line} for heading, line in cited[reference.id]],
                "csl": csl(reference),
            }
        )
    return rows


def _in_words(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "The article lists no reference."
    return "\n".join(line for row in rows for line in _lines_of(row))


def _lines_of(row: dict[str, Any]) -> list[str]:
    known = [
        f"{row['grade'].value}: {row['why']}",
        f"doi:{row['doi']}" if row["doi"] else "",
        f"PMID {row['pmid']}" if row["pmid"] else "",
        f"accessed {row['accessed']}" if row["accessed"] else "",
        f"does not say its {', '.join(row['missing'])}" if row["missing"] else "",
    ]
    lines: dict[str, list[str]] = {}
    for place in row["cited"]:
        lines.setdefault(place["section"], []).append(str(place["line"]))
    places = [f"{section} (line {', '.join(dict.fromkeys(at))})" for section, at in lines.items()]
    return [
        f"[{row['number']}] {row['text']}",
        f"    {'; '.join(part for part in known if part)}",
        *([f"    {row['url']}"] if row["url"] else []),
        f"    cited in {'; '.join(places)}" if places else "    never cited",
    ]


def _link(ref: str, link: LinkAnswer) -> dict[str, Any]:
    return {
        "key": ref,
        "state": link.state.value,
        "status": link.status,
        "at": link.at or None,
        "why": link.why,
    }


def _checked_lines(place: str, checked: CheckedReferences) -> list[str]:
    asked = f"{len(checked.links)} addresses were asked for."
    known = (
        f"Retractions: looked up in {checked.retractions}."
        if checked.retractions
        else "Retractions: not looked up, since ROUNDS_RETRACTIONS names no data (docs/settings.md)."
    )
    return [*finding_lines(place, checked.findings), summed_up(checked.findings), asked, known]
