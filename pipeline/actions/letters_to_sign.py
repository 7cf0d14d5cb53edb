"""The letters that a signature on an article is on: those of every series made from it, as they read now (E-01).

A series file is read as scheduling reads it, so that what a clinician looks at is what can be scheduled. The letters
are rendered without the particulars of the signature, which nobody knows before it is given.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256

from pipeline.actions.plan_series import read_series
from pipeline.actions.render_series import letter_of
from pipeline.core.content.article import Article
from pipeline.core.errors import BadInput
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.series import plan
from pipeline.core.series.issue import IssueContent, SeriesPlan
from pipeline.settings import current
from pipeline.store import consent, series


@dataclass(frozen=True, slots=True)
class SeriesToSign:
    """A series made from the article. `plan` is None where its file cannot be read; `problem` is a sentence where no
    letter can be made of it, because of that or because the plan does not fit.
    """

    slug: str
    title: str
    plan: SeriesPlan | None
    contents: tuple[IssueContent, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LetterToSign:
    content: IssueContent
    letter: RenderedLetter


@dataclass(frozen=True, slots=True)
class LettersToSign:
    """What a page shows: each series with its letters. `digest` is over all of it, for the form to carry."""

    series: tuple[tuple[SeriesToSign, tuple[LetterToSign, ...]], ...]

    @property
    def digest(self) -> str:
        said = [
            [each.slug, each.problem, [[x.content.number, x.letter.content_sha256] for x in letters]]
            for each, letters in self.series
        ]
        return sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()

    @property
    def unfit(self) -> tuple[SeriesToSign, ...]:
        return tuple(each for each, _ in self.series if each.problem)


def series_to_sign(article: Article) -> tuple[SeriesToSign, ...]:
    """The series of an article: as their files say now, and as they were kept where they have no file. A series for a
    list that is not published has no letters yet.
    """
    lists = frozenset(consent.list_ids())
    found = {known.slug: _fitted(known, article) for known in series.plans()}
    for file in sorted((current().content_dir / "series").glob("*.toml")):
        try:
            read = read_series(file.stem)
        except BadInput as error:
            kept = found.get(file.stem)
            if kept is not None and kept.plan is not None and kept.plan.article == article.slug:
                found[file.stem] = replace(kept, plan=None, contents=(), problem=str(error))
            continue
        found[read.plan.slug] = _fitted(read.plan, article)
    return tuple(
        each
        for _, each in sorted(found.items())
        if each.plan is None or (each.plan.article == article.slug and each.plan.purpose in lists)
    )


def letters_to_sign(found: Iterable[SeriesToSign]) -> LettersToSign:
    """The same, rendered."""
    every = tuple(found)
    titles = consent.list_titles([each.plan.purpose for each in every if each.plan])
    return LettersToSign(
        tuple(
            (
                each,
                tuple(
                    LetterToSign(content, letter_of(content, titles[each.plan.purpose] if each.plan else ""))
                    for content in each.contents
                ),
            )
            for each in every
        )
    )


def _fitted(wanted: SeriesPlan, article: Article) -> SeriesToSign:
    if wanted.article != article.slug:
        return SeriesToSign(wanted.slug, wanted.title, wanted)
    try:
        contents = plan.resolve(wanted, article, demonstration=False)
    except BadInput as error:
        return SeriesToSign(wanted.slug, wanted.title, wanted, problem=str(error))
    return SeriesToSign(wanted.slug, wanted.title, wanted, contents)
