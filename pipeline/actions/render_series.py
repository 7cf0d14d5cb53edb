"""Render every issue of a series, check it, and keep what was rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.actions.write_message import brand
from pipeline.core.content.article import Article, Finding, Person
from pipeline.core.errors import NotFound
from pipeline.core.message.checks import check_letter
from pipeline.core.message.context import issue_context
from pipeline.core.message.correction import CorrectedIssue, CorrectionLetter, correction_context
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.series import plan
from pipeline.core.series.issue import IssueContent, SeriesPlan
from pipeline.gateways.templates import render_letter
from pipeline.settings import current
from pipeline.store import articles, consent, faults, series
from pipeline.store.articles import StoredArticle


@dataclass(frozen=True, slots=True)
class RenderedIssue:
    """One issue as it will be sent, with what the checks found. `revision_id` names it in the store."""

    content: IssueContent
    letter: RenderedLetter
    findings: tuple[Finding, ...]
    revision_id: int


def render_series(slug: str, now: datetime) -> list[RenderedIssue]:
    """Render the newest article by the newest plan. The same content gives the same revision."""
    wanted = series.plan(slug)
    stored = articles.latest(wanted.article) if wanted else None
    if wanted is None or stored is None:
        raise NotFound(
            f"There is no series {slug!r}. Known: {', '.join(p.slug for p in series.plans()) or 'none'}."
        )
    return render_planned(wanted, stored, now)


def render_planned(wanted: SeriesPlan, stored: StoredArticle, now: datetime) -> list[RenderedIssue]:
    """Render this article by this plan, which was kept before."""
    demonstration = stored.approval is not None and stored.approval.demonstration
    title = consent.list_titles([wanted.purpose])[wanted.purpose]
    rendered = []
    for content in plan.resolve(wanted, signed(stored), demonstration):
        letter, findings = render_issue(content, title)
        revision_id = series.save_revision(
            wanted.slug, content.number, letter, findings, stored.revision_id, demonstration, now
        )
        rendered.append(RenderedIssue(content, letter, findings, revision_id))
    return rendered


def render_correction(
    stored: StoredArticle,
    slug: str,
    number: int,
    subject: str,
    issues: Sequence[CorrectedIssue],
    wrong: str,
    right: str,
    now: datetime,
) -> tuple[RenderedLetter, tuple[Finding, ...], int]:
    """The letter to readers of a series, whose `issues` are right now. It is kept beside issue `number`, and hangs on
    the signature of the mended article. Returns it, what the checks found, and its revision.
    """
    wanted, purpose = series.plan(slug), faults.list_sent_to(slug)
    if wanted is None or purpose is None:
        raise NotFound(f"There is no series {slug!r} that was sent.")
    article = signed(stored)
    demonstration = stored.approval is not None and stored.approval.demonstration
    content = CorrectionLetter(
        series_slug=slug,
        series_title=wanted.title,
        subject=subject,
        issues=issues,
        wrong=wrong,
        right=right,
        reviewer=article.reviewer,
        reviewed_on=article.reviewed_on,
        next_review_on=article.next_review_on,
        language=article.language,
        disclaimer=article.disclaimer,
        demonstration=demonstration,
    )
    title = consent.list_titles([purpose])[purpose]
    letter = render_letter("correction", correction_context(content, brand(), title))
    findings = check_letter(letter)
    revision_id = series.save_revision(
        slug, number, letter, findings, stored.revision_id, demonstration, now, kind=series.CORRECTION
    )
    return letter, findings, revision_id


def render_unsaved(
    wanted: SeriesPlan, article: Article, list_title: str
) -> list[tuple[IssueContent, RenderedLetter, tuple[Finding, ...]]]:
    """Render straight from files, for `rounds render`: nothing is kept and nobody is asked for consent."""
    return [
        (content, *render_issue(content, list_title))
        for content in plan.resolve(wanted, article, demonstration=False)
    ]


def render_issue(content: IssueContent, list_title: str) -> tuple[RenderedLetter, tuple[Finding, ...]]:
    """Render and check one issue."""
    letter = letter_of(content, list_title)
    return letter, check_letter(letter, image_hosts=frozenset({current().host}))


def letter_of(content: IssueContent, list_title: str) -> RenderedLetter:
    """Render one issue, unchecked."""
    return render_letter("issue", issue_context(content, brand(with_logo=True), list_title))


def signed(stored: StoredArticle) -> Article:
    """The article with the particulars of its sign-off, which the issues print (E-02)."""
    if stored.approval is None:
        return stored.article
    approval = stored.approval
    reviewer = Person(approval.reviewer, approval.registration, approval.profession)
    return replace(
        stored.article,
        reviewer=reviewer,
        reviewed_on=approval.signed_at.date(),
        next_review_on=approval.next_review_on,
    )
