"""Whether a plan and its article fit."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence

from pipeline.core.content.article import Article, Section
from pipeline.core.errors import BadInput
from pipeline.core.series import series_file
from pipeline.core.series.issue import SeriesPlan
from pipeline.core.series.parts import anchors, parts_named, split_name

MOST_SHOWN = 12  # ids in a hint


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
    parts = parts_named(article, plan.names())
    known = {"section": [s.id for s in article.sections], "question": [q.id for q in article.faq]}
    sections = {section.id: section for section in article.sections}
    seen: dict[tuple[str, str], int] = {}
    reached: dict[str, tuple[int, int]] = {}
    for number, noun, wanted in _named(plan):
        subject = f"Issue {number} names" if number else "left_out names"
        if wanted not in (parts if noun == "section" else known[noun]):
            raise wrong(f"{subject} {_unknown(noun, wanted, known, sections)}", number, wanted)
        if (noun, wanted) in seen:
            other = f"issue {seen[noun, wanted]}" if seen[noun, wanted] else "left_out"
            message = (
                f'{subject} the {noun} "{wanted}", which is already in {other}. Take it out of one of them.'
            )
            raise wrong(message, number, wanted)
        seen[noun, wanted] = number
        if noun == "section" and number:
            part = parts[wanted]
            before, issue = reached.get(part.section.id, (-1, 0))
            if part.start < before:
                message = (
                    f'{subject} "{wanted}" after what follows it, in issue {issue}. Change the two round.'
                )
                raise wrong(message, number, wanted)
            reached[part.section.id] = part.start, number


def _named(plan: SeriesPlan) -> Iterator[tuple[int, str, str]]:
    """Issue number (0 for what is left out), noun, id."""
    for issue in plan.issues:
        yield from ((issue.number, "section", wanted) for wanted in issue.sections)
        yield from ((issue.number, "question", wanted) for wanted in issue.questions)
    for left in plan.left_out:
        yield 0, "question" if left.question else "section", left.name


def _unknown(
    noun: str, wanted: str, known: Mapping[str, Sequence[str]], sections: Mapping[str, Section]
) -> str:
    section_id, anchor = split_name(wanted)
    if noun == "section" and anchor and section_id in sections:
        names = anchors(sections[section_id])
        if anchor in names:  # its first block, or a block that another name points at already
            return (
                f'"{wanted}", where "{section_id}" begins, or twice. Write "{section_id}" for its beginning.'
            )
        near = difflib.get_close_matches(anchor, names[1:], n=1, cutoff=0.5)
        hint = (
            f'Did you mean "{section_id}#{near[0]}"?' if near else f"Its blocks begin: {_listed(names[1:])}."
        )
        return f'a part of the section "{section_id}" that begins "{anchor}", and no block of it does. {hint}'
    return f'the {noun} "{wanted}", which the article has not. {_hint(noun, wanted, known)}'


def _hint(noun: str, wanted: str, known: Mapping[str, Sequence[str]]) -> str:
    near = difflib.get_close_matches(wanted, known[noun], n=1, cutoff=0.5)
    if near:
        return f'Did you mean "{near[0]}"?'
    other = "question" if noun == "section" else "section"
    if wanted in known[other]:
        return f"It is a {other}: put it under {other}s."
    return f"Its {noun}s are: {_listed(known[noun])}." if known[noun] else f"It has no {noun}s."


def _listed(names: Sequence[str]) -> str:
    more = "" if len(names) <= MOST_SHOWN else f" and {len(names) - MOST_SHOWN} more"
    return f"{', '.join(names[:MOST_SHOWN])}{more}" if names else "nothing after the first"
