"""Articles, their revisions and their sign-offs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db import connection, transaction
from django.db.models import Count, Max

from pipeline.core.content.article import Article, Finding
from pipeline.core.content.article_data import (
    article_from_data,
    article_to_data,
    finding_from_data,
    finding_to_data,
)
from pipeline.store import models


@dataclass(frozen=True, slots=True)
class Approval:
    """Who signed a revision off, as what, and until when it may be mailed (E-01, E-02)."""

    reviewer: str
    profession: str
    registration: str
    demonstration: bool
    next_review_on: date
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class StoredArticle:
    revision_id: int
    digest: str
    article: Article
    findings: tuple[Finding, ...]
    approval: Approval | None


def save_revision(
    article: Article, digest: str, findings: tuple[Finding, ...], source_name: str, now: datetime
) -> tuple[int, bool]:
    """Keep a revision. Returns its id and whether it is new: the same digest again changes nothing."""
    with transaction.atomic():
        row, _ = models.Article.objects.get_or_create(slug=article.slug, defaults={"created_at": now})
        revision, created = models.ArticleRevision.objects.get_or_create(
            article=row,
            digest=digest,
            defaults={
                "data": article_to_data(article),
                "findings": [finding_to_data(finding) for finding in findings],
                "source_name": source_name,
                "created_at": now,
            },
        )
        return revision.pk, created


def latest(slug: str) -> StoredArticle | None:
    """The newest revision of an article, with its approval if it has one."""
    revision = models.ArticleRevision.objects.filter(article__slug=slug).order_by("-id").first()
    if revision is None:
        return None
    sign_off = revision.sign_offs.filter(content_sha256=revision.digest).order_by("-id").first()
    approval = sign_off and Approval(
        sign_off.reviewer,
        sign_off.profession,
        sign_off.registration,
        sign_off.demonstration,
        sign_off.next_review_on,
        sign_off.signed_at,
    )
    findings = tuple(finding_from_data(finding) for finding in revision.findings)
    return StoredArticle(
        revision.pk, revision.digest, article_from_data(revision.data), findings, approval or None
    )


def behind(issue_revision_id: int) -> Article:
    """The article from which an issue was rendered, as it was then."""
    row = models.ArticleRevision.objects.get(issuerevision=issue_revision_id)
    return article_from_data(row.data)


def sign_off(revision_id: int, digest: str, approval: Approval) -> None:
    """Record an approval of exactly these bytes."""
    models.SignOff.objects.create(
        revision_id=revision_id,
        content_sha256=digest,
        reviewer=approval.reviewer,
        profession=approval.profession,
        registration=approval.registration,
        demonstration=approval.demonstration,
        next_review_on=approval.next_review_on,
        signed_at=approval.signed_at,
    )


def slugs() -> list[str]:
    """All article slugs, in order."""
    return list(models.Article.objects.order_by("slug").values_list("slug", flat=True))


def has_picture(digest: str) -> bool:
    """Whether an imported article shows a picture with this SHA-256, in hex."""
    state = models.ArticleRevision.objects.aggregate(newest=Max("id"), count=Count("id"))
    return digest in _picture_digests(state["newest"] or 0, state["count"])


@lru_cache(maxsize=1)
def _picture_digests(newest: int, count: int) -> frozenset[str]:
    """All digests there are. Revisions are never changed, so that they are read again only when there is another one:
    `newest` and `count` only tell that.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT found #>> '{}' FROM article_revision, "
            "jsonb_path_query(data, 'strict $.**.sha256', silent => true) AS found"
        )
        return frozenset(row[0] for row in cursor.fetchall())
