"""Articles, their revisions, and what happened to them on the way to a reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Max

from pipeline.core.content.article import Article, Finding
from pipeline.core.content.article_data import (
    article_from_data,
    article_to_data,
    finding_from_data,
    finding_to_data,
)
from pipeline.core.delivery.lifecycle import MailingState
from pipeline.core.editorial.approval import (
    ApprovalState,
    Decision,
    Happened,
    ReviewEvent,
    Standing,
    plain_key,
    standing,
)
from pipeline.core.editorial.reference_outcomes import Outcome
from pipeline.store import models

# States of words that somebody signed, whatever the date says.
SIGNED = (ApprovalState.APPROVED, ApprovalState.DUE, ApprovalState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Approval:
    """Who signed a revision off, as what, and until when it may be mailed (E-01, E-02). `member` pressed the button."""

    reviewer: str
    profession: str
    registration: str
    demonstration: bool
    next_review_on: date
    signed_at: datetime
    decisions: tuple[Decision, ...] = ()
    member: str = ""


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """A revision of an article. `approval` is None where it has none, or where it was withdrawn or edited since."""

    revision_id: int
    digest: str
    article: Article
    findings: tuple[Finding, ...]
    approval: Approval | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of an article's history, for people. `digest` is that of the words it is about."""

    kind: Happened
    at: datetime
    member: str
    remarks: str
    digest: str
    approval: Approval | None


def save_revision(
    article: Article, digest: str, findings: tuple[Finding, ...], source_name: str, now: datetime
) -> tuple[int, bool]:
    """Keep a revision. Returns its id and whether these words are news: the newest ones again change nothing.

    An earlier text that comes back is an edit like any other, and voids what was signed since (E-01).
    """
    with transaction.atomic():
        row, _ = models.Article.objects.get_or_create(slug=article.slug, defaults={"created_at": now})
        models.Article.objects.select_for_update(no_key=True).get(
            pk=row.pk
        )  # one edit or signature at a time
        revision, _ = models.ArticleRevision.objects.get_or_create(
            article=row,
            digest=digest,
            defaults={
                "data": article_to_data(article),
                "findings": [finding_to_data(finding) for finding in findings],
                "source_name": source_name,
                "created_at": now,
            },
        )
        if _newest(article.slug) == revision:
            return revision.pk, False
        _happened(revision, Happened.EDITED, "", "", now)
        return revision.pk, True


def latest(slug: str) -> StoredArticle | None:
    """The newest revision of an article, with its approval if that still stands; whatever its date says."""
    revision = _newest(slug)
    if revision is None:
        return None
    happened = history(slug)
    stands = standing(_events(happened), happened[-1].at.astimezone(UTC).date()).state in SIGNED
    signature = next((h.approval for h in reversed(happened) if h.kind is Happened.SIGNED), None)
    return _stored(revision, signature if stands else None)


def newest_source(slug: str) -> tuple[str, str]:
    """The digest of the newest revision and where it came from, empty where there is none."""
    newest = _newest(slug)
    return (newest.digest, newest.source_name) if newest else ("", "")


def revision(slug: str, digest: str) -> StoredArticle | None:
    """A revision of an article by its digest; its approval is not looked up."""
    row = models.ArticleRevision.objects.filter(article__slug=slug, digest=digest).first()
    return _stored(row, None) if row else None


def history(slug: str) -> list[Happening]:
    """What happened to an article, the oldest first."""
    rows = models.ReviewEvent.objects.filter(article__slug=slug).select_related("revision", "sign_off")
    return [
        Happening(
            Happened(row.kind),
            row.at,
            row.member,
            row.remarks,
            row.revision.digest,
            _approval(row.sign_off) if row.sign_off else None,
        )
        for row in rows.defer("revision__data", "revision__findings").order_by("id")
    ]


def standing_of(slug: str, today: date) -> Standing:
    """Where an article stands on a day."""
    return standing(_events(history(slug)), today)


def last_signed_digest(slug: str) -> str | None:
    """The digest of the words that were signed last, withdrawn or not: what a reviewer compares new ones with."""
    rows = models.ReviewEvent.objects.filter(article__slug=slug, kind=Happened.SIGNED.value)
    return rows.order_by("-id").values_list("revision__digest", flat=True).first()


def digest_in_force(slug: str) -> str | None:
    """The digest of the words that were signed last and not withdrawn; None where there are none."""
    signed: list[str] = []
    for h in history(slug):
        if h.kind is Happened.SIGNED:
            signed = [digest for digest in signed if digest != h.digest] + [h.digest]
        elif h.kind is Happened.WITHDRAWN:
            signed = [digest for digest in signed if digest != h.digest]
    return signed[-1] if signed else None


def happened(
    slug: str, digest: str, kind: Happened, member: str, remarks: str, now: datetime, *, newest: bool = True
) -> bool:
    """Add a line to an article's history, about these words. False where they are not its newest ones, unless they
    need not be.
    """
    with transaction.atomic():
        models.Article.objects.select_for_update(no_key=True).get(slug=slug)
        revision = _newest(slug)
        if revision is None or (newest and revision.digest != digest):
            return False
        if not newest:
            revision = models.ArticleRevision.objects.get(article__slug=slug, digest=digest)
        _happened(revision, kind, member, remarks, now)
        return True


def sign_off(slug: str, digest: str, approval: Approval) -> int | None:
    """Record an approval of exactly these bytes. Returns its id; None where they are not the newest any more."""
    with transaction.atomic():
        models.Article.objects.select_for_update(no_key=True).get(slug=slug)
        revision = _newest(slug)
        if revision is None or revision.digest != digest:
            return None
        row = models.SignOff.objects.create(
            revision=revision,
            content_sha256=digest,
            reviewer=approval.reviewer,
            profession=approval.profession,
            registration=approval.registration,
            demonstration=approval.demonstration,
            next_review_on=approval.next_review_on,
            signed_at=approval.signed_at,
            decisions=[asdict(decision) for decision in approval.decisions],
            member=approval.member,
        )
        _happened(revision, Happened.SIGNED, approval.member, "", approval.signed_at, row)
        return row.pk


def keep_signed_letters(sign_off_id: int, letters: Mapping[int, str]) -> None:
    """The issues that the clinician could look at: the digest of each, by its revision."""
    models.SignedLetter.objects.bulk_create(
        models.SignedLetter(sign_off_id=sign_off_id, revision_id=revision, content_sha256=digest)
        for revision, digest in letters.items()
    )


def signed_letters(slug: str, series: str) -> dict[int, dict[int, str]]:
    """The issues of a series that the last signature on the article is on: by number, the digest of each by its
    revision. Empty where it is on none.
    """
    rows = models.SignOff.objects.filter(revision__article__slug=slug)
    last = rows.order_by("-id").values_list("pk", flat=True).first()
    letters = models.SignedLetter.objects.filter(sign_off_id=last, revision__issue__series__slug=series)
    found: dict[int, dict[int, str]] = {}
    for number, revision, digest in letters.values_list(
        "revision__issue__number", "revision_id", "content_sha256"
    ):
        found.setdefault(number, {})[revision] = digest
    return found


@dataclass(frozen=True, slots=True)
class LetterOnItsWay:
    """A rendering that a mailing still sends."""

    revision_id: int
    number: int
    digest: str
    text: str


def letters_on_their_way(series: str, revision_id: int, demonstration: bool) -> list[LetterOnItsWay]:
    """The issues of a series that were made from a revision of its article and have not all gone out."""
    ended = (MailingState.FINISHED, MailingState.CANCELLED)
    rows = models.IssueRevision.objects.filter(
        kind="issue",
        issue__series__slug=series,
        article_revision_id=revision_id,
        demonstration=demonstration,
        mailing__state__in=[state.value for state in MailingState if state not in ended],
    )
    found = rows.distinct().values_list("pk", "issue__number", "content_sha256", "text")
    return [LetterOnItsWay(*row) for row in found]


def keep_reference_outcomes(slug: str, outcomes: Iterable[Outcome], now: datetime) -> bool:
    """Keep what a check of the references found. False where there is no such article."""
    article = models.Article.objects.filter(slug=slug).first()
    if article is None:
        return False
    data = [
        {"said": each.said, "number": each.number, "finding": finding_to_data(each.finding)}
        for each in outcomes
    ]
    models.ReferenceCheck.objects.create(article=article, outcomes=data, checked_at=now)
    return True


def reference_outcomes(slug: str) -> tuple[Outcome, ...]:
    """What the newest check of an article's references found; empty where there was none."""
    row = models.ReferenceCheck.objects.filter(article__slug=slug).order_by("-id").first()
    return tuple(
        Outcome(each["said"], each["number"], finding_from_data(each["finding"]))
        for each in (row.outcomes if row else ())
    )


def last_particulars(member: str) -> Approval | None:
    """How a member signed last: their name, profession and registration stand in the form again."""
    row = models.SignOff.objects.filter(member=member).order_by("-id").first() if member else None
    return _approval(row) if row else None


def behind(issue_revision_id: int) -> Article:
    """The article from which an issue was rendered, as it was then."""
    row = models.ArticleRevision.objects.get(issuerevision=issue_revision_id)
    return article_from_data(row.data)


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


def _newest(slug: str) -> models.ArticleRevision | None:
    rows = models.ReviewEvent.objects.filter(article__slug=slug, kind=Happened.EDITED.value)
    row = rows.select_related("revision").order_by("-id").first()
    return row.revision if row else None


def _happened(
    revision: models.ArticleRevision,
    kind: Happened,
    member: str,
    remarks: str,
    now: datetime,
    signature: models.SignOff | None = None,
) -> None:
    models.ReviewEvent.objects.create(
        article_id=revision.article_id,
        revision=revision,
        kind=kind.value,
        sign_off=signature,
        remarks=remarks,
        member=member[:150],
        at=now,
    )


def _events(happened: Iterable[Happening]) -> list[ReviewEvent]:
    return [
        ReviewEvent(
            h.kind,
            h.at.astimezone(UTC).date(),
            h.digest,
            h.approval.next_review_on if h.approval else None,
        )
        for h in happened
    ]


def _stored(revision: models.ArticleRevision, approval: Approval | None) -> StoredArticle:
    findings = tuple(finding_from_data(finding) for finding in revision.findings)
    return StoredArticle(revision.pk, revision.digest, article_from_data(revision.data), findings, approval)


def _approval(row: models.SignOff) -> Approval:
    return Approval(
        row.reviewer,
        row.profession,
        row.registration,
        row.demonstration,
        row.next_review_on,
        row.signed_at,
        tuple(_decision(each) for each in row.decisions),
        row.member,
    )


def _decision(data: Mapping[str, Any]) -> Decision:
    """One that was kept before two findings of a rule on a line were told apart has no key of its own."""
    return Decision(**{"key": plain_key(data["rule"], data["line"]), **data})
