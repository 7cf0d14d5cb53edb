"""`rounds plan`: propose a series from an article, or bring one up to it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from pipeline.actions.find_article import article_file
from pipeline.actions.propose_series import Asked, Proposal, propose_series
from pipeline.cli.answers import answer, json_option, say
from pipeline.cli.doors import database
from pipeline.cli.findings import finding_lines
from pipeline.core.content.reading_json import finding_json
from pipeline.core.series.issue import IssueContent, Rhythm, Subjects
from pipeline.core.series.length import in_time, seconds
from pipeline.store import campaigns


@click.command()
@click.argument("article")
@click.option(
    "--purpose", help="The list that the series is for. Else weekly_health_email, or the daily list."
)
@click.option("--daily/--weekly", default=None, help="One question or tip a day, or an idea a week.")
@click.option(
    "--open/--discreet", "opened", default=None, help="Whether subjects name the topic. Else discreet."
)
@click.option("--anew", is_flag=True, help="Propose afresh, whatever the series file says.")
@click.option("--write", is_flag=True, help="Write content/series/<slug>.toml, or what changed into it.")
@json_option
def command(
    article: str,
    purpose: str | None,
    daily: bool | None,
    opened: bool | None,
    anew: bool,
    write: bool,
    as_json: bool,
) -> None:
    """Propose a series from ARTICLE, a slug or a file, and print its file for a person to edit.

    Where the series has a file already, what changed in the article is told, and printed into that file's own words.
    The database is asked only for an article that has no file here, and for what has gone out once something changed.
    """
    asked = Asked(
        purpose,
        None if daily is None else (Rhythm.DAILY if daily else Rhythm.WEEKLY),
        None if opened is None else (Subjects.OPEN if opened else Subjects.DISCREET),
        anew,
    )
    if article_file(article):
        proposal = propose_series(article, asked, _gone_out, write=write)
    else:
        with database():
            proposal = propose_series(article, asked, campaigns.gone_out, write=write)
    place = f"content/series/{proposal.plan.slug}.toml"
    if as_json:
        answer(_data(proposal, place), "", as_json)
        return
    click.echo(proposal.toml, nl=False)
    # On the other channel, so that `rounds plan ARTICLE > FILE` makes a series file.
    for line in (*_changes(proposal, place), *_table(proposal), *finding_lines(article, proposal.findings)):
        say(line, err=True)
    if write:
        said = f"Wrote {place}." if proposal.written else f"{place} says this already: nothing was written."
        say(said, err=True)


def _gone_out(slug: str) -> frozenset[int]:
    with database():
        return campaigns.gone_out(slug)


def _changes(proposal: Proposal, place: str) -> list[str]:
    if proposal.changes is None:
        return []
    if not proposal.changes:
        return [f"{place} fits the article as it is."]
    lines = [f"What changed since {place} was made:"]
    lines += [f"  {change.says}" for change in proposal.changes]
    if proposal.unsure:
        lines.append(f"Which issues have gone out is not known, and is taken to be none. {proposal.unsure}")
    return lines


def _table(proposal: Proposal) -> list[str]:
    """The issues in columns as wide as they need."""
    head = ("No.", "Reading", "Words", "Holds", "Sources", "Repeats", "Title")
    rows = [_row(content, proposal.plan.rhythm) for content in proposal.contents]
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    return [
        "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    ]


def _row(content: IssueContent, rhythm: Rhythm) -> tuple[str, ...]:
    holds = [_counted(len(content.sections), "section"), _counted(len(content.questions), "question")]
    return (
        str(content.number),
        in_time(content.words, rhythm),
        str(content.words),
        ", ".join(filter(None, holds)),
        str(len(content.references)),
        _counted(len(content.help), "box") or "nothing",
        content.title,
    )


def _counted(count: int, noun: str) -> str:
    plural = f"{noun}es" if noun.endswith("x") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}" if count else ""


def _data(proposal: Proposal, place: str) -> dict[str, object]:
    plan = proposal.plan
    return {
        "slug": plan.slug,
        "title": plan.title,
        "article": plan.article,
        "purpose": plan.purpose,
        "rhythm": plan.rhythm,
        "subjects": plan.subjects,
        "issues": [
            {
                "number": issue.number,
                "title": issue.title,
                "subject": issue.subject,
                "preheader": issue.preheader,
                "sections": issue.sections,
                "questions": issue.questions,
                **_measures(content),
            }
            for issue, content in zip(plan.issues, proposal.contents, strict=True)
        ],
        "left_out": [asdict(left) for left in plan.left_out],
        "changes": None if proposal.changes is None else [asdict(change) for change in proposal.changes],
        "unsure": proposal.unsure,
        "findings": [finding_json(f) for f in proposal.findings],
        "written": place if proposal.written else None,
    }


def _measures(content: IssueContent) -> dict[str, Any]:
    return {
        "reading_minutes": content.reading_minutes,
        "reading_seconds": seconds(content.words),
        "words": content.words,
        "references": [reference.id for reference in content.references],
        "repeats": [callout.title for callout in content.help],
    }
