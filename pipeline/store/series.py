"""Series, their issues and the rendered revisions of each issue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from pipeline.core.content.article import Finding
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.series.issue import (
    LeftOutOfPlan,
    MadeFrom,
    PlannedIssue,
    Rhythm,
    SeriesPlan,
    Subjects,
    usual_rhythm,
)
from pipeline.store import models

ISSUE, CORRECTION = "issue", "correction"  # the kinds of a rendering


@dataclass(frozen=True, slots=True)
class StoredRevision:
    """A rendered issue as it is kept. `number` is its place in the series, of `total`."""

    id: int
    series: str
    series_title: str
    purpose: str
    number: int
    total: int
    title: str
    letter: RenderedLetter
    demonstration: bool
    findings: tuple[dict[str, Any], ...]


def save_plan(plan: SeriesPlan, now: datetime) -> None:
    """Keep the plan of a series, whose article must be known already."""
    with transaction.atomic():
        series, _ = models.Series.objects.update_or_create(
            slug=plan.slug,
            defaults={
                "title": plan.title,
                "article": models.Article.objects.get(slug=plan.article),
                "purpose_id": plan.purpose,
                "plan": asdict(plan),
                "updated_at": now,
            },
        )
        for planned in plan.issues:
            models.Issue.objects.update_or_create(
                series=series, number=planned.number, defaults={"title": planned.title}
            )


def plan(slug: str) -> SeriesPlan | None:
    """The plan of a series as it was kept last."""
    row = models.Series.objects.filter(slug=slug).first()
    if row is None:
        return None
    return _plan(row.plan)


def _plan(data: Mapping[str, Any]) -> SeriesPlan:
    """A plan from its data. One that was kept by an earlier version lacks the later keys."""
    issues = tuple(
        PlannedIssue(
            number=i["number"],
            title=i["title"],
            subject=i["subject"],
            preheader=i["preheader"],
            sections=tuple(i["sections"]),
            questions=tuple(i["questions"]),
        )
        for i in data["issues"]
    )
    return SeriesPlan(
        data["slug"],
        data["title"],
        data["article"],
        data["purpose"],
        issues,
        rhythm=Rhythm(data.get("rhythm", usual_rhythm(data["purpose"]))),
        subjects=Subjects(data.get("subjects", Subjects.DISCREET)),
        left_out=tuple(LeftOutOfPlan(**left) for left in data.get("left_out", ())),
        made_from=tuple(
            MadeFrom(m["name"], m["heading"], tuple(m["blocks"]), m["question"])
            for m in data.get("made_from", ())
        ),
    )


def plans() -> list[SeriesPlan]:
    """All series, in order of their titles."""
    slugs = models.Series.objects.order_by("title").values_list("slug", flat=True)
    return [found for slug in slugs if (found := plan(slug))]


def every_issue() -> list[tuple[str, str, int, str]]:
    """Slug and title of each series with number and title of each issue that it has or had: a plan with fewer issues
    takes back none that went out.
    """
    rows = models.Issue.objects.order_by("series__title", "number")
    return list(rows.values_list("series__slug", "series__title", "number", "title"))


def save_revision(
    series: str,
    number: int,
    letter: RenderedLetter,
    findings: tuple[Finding, ...],
    article_revision_id: int,
    demonstration: bool,
    now: datetime,
    *,
    kind: str = ISSUE,
) -> int:
    """Keep a rendered issue, or a letter that corrects one, once for each content and revision of the article.
    Returns the revision's id.
    """
    issue = models.Issue.objects.get(series__slug=series, number=number)
    revision, _ = models.IssueRevision.objects.get_or_create(
        issue=issue,
        content_sha256=letter.content_sha256,
        article_revision_id=article_revision_id,
        defaults={
            "kind": kind,
            "subject": letter.subject,
            "preheader": letter.preheader,
            "html": letter.html,
            "text": letter.text,
            "findings": [
                {
                    "rule": f.rule,
                    "severity": f.severity.value,
                    "line": f.line,
                    "quote": f.quote,
                    "message": f.message,
                }
                for f in findings
            ],
            "demonstration": demonstration,
            "created_at": now,
        },
    )
    return revision.pk


def revision(revision_id: int) -> StoredRevision | None:
    """A rendered issue by its id."""
    rows = _revisions().filter(pk=revision_id)
    return next((_stored(row) for row in rows), None)


def latest_revisions(series: str) -> list[StoredRevision]:
    """The newest rendering of each issue of a series, by number."""
    rows = (
        _revisions()
        .filter(issue__series__slug=series, kind=ISSUE)
        .order_by("issue__number", "-id")
        .distinct("issue__number")
    )
    return [_stored(row) for row in rows]


def _revisions() -> Any:
    return models.IssueRevision.objects.select_related("issue__series")


def _stored(row: models.IssueRevision) -> StoredRevision:
    series = row.issue.series
    return StoredRevision(
        id=row.pk,
        series=series.slug,
        series_title=series.title,
        purpose=series.purpose_id,
        number=row.issue.number,
        total=len(series.plan["issues"]),
        title=row.issue.title,
        letter=RenderedLetter(row.subject, row.preheader, row.html, row.text),
        demonstration=row.demonstration,
        findings=tuple(row.findings),
    )
