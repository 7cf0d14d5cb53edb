"""Whether a plan and its article fit."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from pipeline.core.content.article import Article
from pipeline.core.errors import BadInput
from pipeline.core.series import series_file
from pipeline.core.series.issue import PlannedIssue, SeriesPlan


def validate(plan: SeriesPlan, article: Article, *, name: str = "", source: bytes | None = None) -> None:
    """Raise BadInput, naming the file, the issue and the id, if the plan names what the article has not.

    `name` is the series file, `content/series/<slug>.toml` if not given; with its `source` the line is
    named too.
    """
    place = name or f"content/series/{plan.slug}.toml"

    def wrong(message: str, issue: int, wanted: str) -> BadInput:
        line = series_file.line_of(source, issue, wanted) if source is not None else None
        return BadInput(message, place=place, line=line)

    if plan.article != article.slug:
        message = f'The series is made from the article "{plan.article}", and this one is "{article.slug}".'
        raise wrong(message, 0, "article")
    if not plan.issues:
        raise wrong("This series has no issues. Add at least one, under a line [[issue]].", 0, "issue")
    known = {
        "section": [section.id for section in article.sections],
        "question": [question.id for question in article.faq],
    }
    seen: dict[tuple[str, str], int] = {}
    for issue in plan.issues:
        for noun, wanted in _named(issue):
            if wanted not in known[noun]:
                hint = _hint(noun, wanted, known)
                message = (
                    f'Issue {issue.number} names the {noun} "{wanted}", which the article has not. {hint}'
                )
                raise wrong(message, issue.number, wanted)
            if (noun, wanted) in seen:
                message = f'Issue {issue.number} names the {noun} "{wanted}", which is already in issue '
                raise wrong(
                    f"{message}{seen[noun, wanted]}. Take it out of one of them.", issue.number, wanted
                )
            seen[noun, wanted] = issue.number


def _named(issue: PlannedIssue) -> Iterator[tuple[str, str]]:
    yield from (("section", wanted) for wanted in issue.sections)
    yield from (("question", wanted) for wanted in issue.questions)


def _hint(noun: str, wanted: str, known: dict[str, list[str]]) -> str:
    near = difflib.get_close_matches(wanted, known[noun], n=1, cutoff=0.5)
    if near:
        return f'Did you mean "{near[0]}"?'
    other = "question" if noun == "section" else "section"
    if wanted in known[other]:
        return f"It is a {other}: put it under {other}s."
    return f"Its {noun}s are: {', '.join(known[noun])}." if known[noun] else f"It has no {noun}s."
