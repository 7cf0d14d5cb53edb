"""What the studio shows of a series: its issues, its sign-off, and what is in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.render_series import signed
from pipeline.core.content.article import Finding, Severity
from pipeline.core.content.article_data import finding_from_data
from pipeline.core.errors import BadInput, NotFound, Refused
from pipeline.core.series import plan
from pipeline.core.series.changes import Change
from pipeline.core.series.issue import SeriesPlan
from pipeline.store import articles, campaigns, consent, series
from pipeline.store.articles import Approval, StoredArticle
from pipeline.store.series import StoredRevision

BLOCKING = (Severity.A, Severity.B)


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One planned issue. `minutes` is None while the plan does not fit the article; `findings` are of its rendering."""

    number: int
    title: str
    subject: str
    minutes: int | None
    rendered: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SeriesView:
    """`problem` is a sentence when plan and article do not fit; `overdue` when the review date has passed. `changes` is
    what the newest words would change in the plan, `remarks` what a reviewer should know of it."""

    plan: SeriesPlan
    list_title: str
    article_title: str
    approval: Approval | None
    overdue: bool
    article_findings: tuple[Finding, ...]
    issues: tuple[IssueLine, ...]
    problem: str
    changes: tuple[Change, ...]
    remarks: tuple[Finding, ...]

    @property
    def rendered(self) -> bool:
        return all(issue.rendered for issue in self.issues)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings in the issues that keep them from being scheduled."""
        return tuple(f for issue in self.issues for f in issue.findings if f.severity in BLOCKING)


def look_at_series(slug: str, now: datetime) -> SeriesView:
    """Raises NotFound for a series that is not planned."""
    wanted = series.plan(slug)
    stored = articles.latest(wanted.article) if wanted else None
    if wanted is None or stored is None:
        raise NotFound(f"There is no series {slug!r}.")
    minutes, problem, remarks = _fit(wanted, stored)
    changes, stuck = _changes(wanted, stored)
    revisions = {revision.number: revision for revision in series.latest_revisions(slug)}
    lines = tuple(
        IssueLine(
            number=issue.number,
            title=issue.title,
            subject=issue.subject,
            minutes=minutes.get(issue.number),
            rendered=issue.number in revisions,
            findings=findings_of(revisions[issue.number]) if issue.number in revisions else (),
        )
        for issue in wanted.issues
    )
    return SeriesView(
        plan=wanted,
        list_title=consent.list_titles([wanted.purpose]).get(wanted.purpose, wanted.purpose),
        article_title=stored.article.title,
        approval=stored.approval,
        overdue=stored.approval is not None and stored.approval.next_review_on < now.date(),
        article_findings=stored.findings,
        issues=lines,
        problem=problem or stuck,
        changes=changes,
        remarks=remarks,
    )


def _fit(wanted: SeriesPlan, stored: StoredArticle) -> tuple[dict[int, int], str, tuple[Finding, ...]]:
    """Reading minutes by issue number and the remarks on the plan, or a sentence on what does not fit."""
    article = signed(stored)
    try:
        contents = plan.resolve(wanted, article, demonstration=False)
    except BadInput as error:
        return {}, str(error), ()
    return {content.number: content.reading_minutes for content in contents}, "", plan.review(wanted, article)


def _changes(wanted: SeriesPlan, stored: StoredArticle) -> tuple[tuple[Change, ...], str]:
    """What planning anew would change, or a sentence on why it cannot be done."""
    try:
        return plan.replan(wanted, stored.article, campaigns.gone_out(wanted.slug)).changes, ""
    except Refused as error:
        return (), str(error)


def findings_of(revision: StoredRevision) -> tuple[Finding, ...]:
    """The findings that are kept with a rendering, as values."""
    return tuple(finding_from_data(finding) for finding in revision.findings)
