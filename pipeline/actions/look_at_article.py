"""An article as its reviewer sees it: whole, as it will read, with what the checks say beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.actions.approve_article import every_finding, to_decide, to_mend
from pipeline.actions.find_article import unknown_article
from pipeline.actions.render_series import signed
from pipeline.actions.write_message import brand
from pipeline.core.content.article import Allowance, Finding, Severity
from pipeline.core.editorial.allowances import heed
from pipeline.core.editorial.approval import Standing, byline_gaps
from pipeline.core.editorial.changes import BlockChange, changes
from pipeline.core.editorial.on_day import found_on
from pipeline.core.errors import BadInput
from pipeline.core.message.context import issue_context
from pipeline.core.series import plan
from pipeline.core.series.issue import PlannedIssue, SeriesPlan
from pipeline.store import articles, series
from pipeline.store.articles import Happening, StoredArticle


@dataclass(frozen=True, slots=True)
class ArticleView:
    """`whole` is what the template of an issue would say of all of it at once, None with a `problem` in a sentence.

    `to_decide` pairs each finding that a signature has to say something about with its key. `allowances` say which
    rules the author silenced where, and why. `changes` are against what was signed last; None where
    nothing was.
    """

    stored: StoredArticle
    standing: Standing
    history: tuple[Happening, ...]
    findings: tuple[Finding, ...]
    to_decide: tuple[tuple[str, Finding], ...]
    to_mend: tuple[Finding, ...]
    byline_gaps: tuple[str, ...]
    allowances: tuple[Allowance, ...]
    changes: tuple[BlockChange, ...] | None
    whole: Mapping[str, Any] | None
    problem: str
    series: tuple[SeriesPlan, ...]
    in_force: str | None  # the digest of the words, these or earlier ones, whose approval could be withdrawn

    @property
    def may_be_signed(self) -> bool:
        return not self.to_mend

    @property
    def by_severity(self) -> list[tuple[Severity, list[Finding]]]:
        grouped = [(s, [f for f in self.findings if f.severity is s]) for s in Severity]
        return [(severity, found) for severity, found in grouped if found]


def look_at_article(slug: str, now: datetime) -> ArticleView:
    """Raises NotFound for an article that was never imported."""
    stored = articles.latest(slug)
    if stored is None:
        raise unknown_article(slug)
    last = articles.last_signed_digest(slug)
    signed_before = articles.revision(slug, last) if last else None
    whole, problem = _whole(stored)
    today = heed(stored.article, found_on(now.date(), stored.article))
    found = every_finding(stored)  # once: of a long article with many faults it is most of the page's time
    every = {(f.rule, f.line, f.quote): f for f in (*found, *today)}
    return ArticleView(
        stored=stored,
        standing=articles.standing_of(slug, now.date()),
        history=tuple(reversed(articles.history(slug))),
        findings=tuple(sorted(every.values(), key=lambda f: (f.severity.value, f.line))),
        to_decide=tuple(to_decide(stored, found).items()),
        to_mend=to_mend(stored, found),
        byline_gaps=byline_gaps(stored.article),
        allowances=stored.article.allowances,
        changes=changes(signed_before.article, stored.article) if signed_before else None,
        whole=whole,
        problem=problem,
        series=tuple(each for each in series.plans() if each.article == slug),
        in_force=articles.digest_in_force(slug),
    )


def _whole(stored: StoredArticle) -> tuple[Mapping[str, Any] | None, str]:
    article = signed(stored)
    everything = PlannedIssue(
        1,
        article.title,
        article.title,
        "",
        tuple(section.id for section in article.sections),
        tuple(question.id for question in article.faq),
    )
    try:
        content = plan.resolve(
            SeriesPlan(article.slug, article.title, article.slug, "", (everything,)),
            article,
            demonstration=False,
        )[0]
        return issue_context(content, brand(), ""), ""
    except BadInput as error:
        return None, str(error)
