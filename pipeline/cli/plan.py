"""`rounds plan`: propose a series from an article."""

from __future__ import annotations

import click

from pipeline.actions.find_article import article_file
from pipeline.actions.propose_series import Proposal, propose_series
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import database
from pipeline.cli.findings import finding_lines
from pipeline.core.content.reading_json import finding_json

WEEKLY = "weekly_health_email"


@click.command()
@click.argument("article")
@click.option("--purpose", default=WEEKLY, show_default=True, help="The list that the series is for.")
@click.option("--write", is_flag=True, help="Write content/series/<slug>.toml; never over a different file.")
@json_option
def command(article: str, purpose: str, write: bool, as_json: bool) -> None:
    """Propose a series from ARTICLE, a slug or a file, and print its file for a person to edit.

    Only an article that was imported and has no file here needs the database.
    """
    if article_file(article):
        proposal = propose_series(article, purpose, write=write)
    else:
        with database():
            proposal = propose_series(article, purpose, write=write)
    place = f"content/series/{proposal.plan.slug}.toml"
    if as_json:
        answer(_data(proposal, place), "", as_json)
        return
    click.echo(proposal.toml, nl=False)
    # On the other channel, so that `rounds plan ARTICLE > FILE` makes a series file.
    for line in finding_lines(article, proposal.findings):
        click.echo(line, err=True)
    if write:
        said = f"Wrote {place}." if proposal.written else f"{place} says this already: nothing was written."
        click.echo(said, err=True)


def _data(proposal: Proposal, place: str) -> dict[str, object]:
    plan = proposal.plan
    return {
        "slug": plan.slug,
        "title": plan.title,
        "article": plan.article,
        "purpose": plan.purpose,
        "issues": [
            {
                "number": issue.number,
                "title": issue.title,
                "subject": issue.subject,
                "preheader": issue.preheader,
                "sections": issue.sections,
                "questions": issue.questions,
            }
            for issue in plan.issues
        ],
        "findings": [finding_json(f) for f in proposal.findings],
        "written": place if proposal.written else None,
    }
