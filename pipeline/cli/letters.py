"""`rounds letters`: what a signature on an article would be on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from pipeline.actions.approve_article import to_decide
from pipeline.actions.find_article import unknown_article
from pipeline.actions.letters_to_sign import LetterToSign
from pipeline.actions.look_at_letters import LettersView, look_at_letters
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database
from pipeline.core.content.article import Finding
from pipeline.core.content.reading_json import finding_json
from pipeline.store import articles


@click.command()
@click.argument("article")
@json_option
@needs_database
def command(article: str, as_json: bool) -> None:
    """Show what a signature on the newest revision of ARTICLE would be on: words, letters, and what is to decide."""
    stored = articles.latest(article)
    if stored is None:
        raise unknown_article(article)
    view = look_at_letters(stored)
    waiting = to_decide(stored)
    data = {
        "article": article,
        "digest": stored.digest,
        "letters": view.letters.digest,
        "series": [
            {
                "series": each.slug,
                "problem": each.problem or None,
                "issues": [_issue(view, each.slug, one) for one in those],
            }
            for each, those in view.letters.series
        ],
        "decide": [{"key": key, **finding_json(finding)} for key, finding in waiting.items()],
    }
    answer(
        data, "\n".join([*_lines(view), *_to_decide(waiting), *_next(article, stored.digest, view)]), as_json
    )


def _issue(view: LettersView, series: str, one: LetterToSign) -> dict[str, Any]:
    return {
        "number": one.content.number,
        "title": one.content.title,
        "subject": one.letter.subject,
        "preheader": one.letter.preheader,
        "since": view.since[series, one.content.number],
        "sha256": one.letter.content_sha256,
        "text": one.letter.text,
    }


def _lines(view: LettersView) -> list[str]:
    lines = []
    for each, those in view.letters.series:
        lines.append(
            f"{each.title} ({each.slug})" + (f" does not fit: {each.problem}" if each.problem else ":")
        )
        for one in those:
            number = one.content.number
            lines += [
                f"  {number}. {one.content.title} [{view.since[each.slug, number]}]",
                f"     {one.letter.subject} | {one.letter.preheader}",
            ]
    return lines or ["No series is made from it."]


def _to_decide(waiting: Mapping[str, Finding]) -> list[str]:
    return [f"To decide: {key}: {finding.message}" for key, finding in waiting.items()]


def _next(article: str, digest: str, view: LettersView) -> list[str]:
    without = "".join(f" --without {each.slug}" for each in view.letters.unfit)
    return [
        "To sign just this: rounds approve"
        f" {article} --digest {digest[:12]} --letters {view.letters.digest[:12]}{without}, with who signs."
    ]
