from django.db import models
from django.db.models import Q


class Article(models.Model):
    """An article by its slug; what it says is in its revisions."""

    slug = models.SlugField(max_length=120, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "article"


class ArticleRevision(models.Model):
    """One state of an article's source. Never edited (trigger `revision_is_final`)."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    digest = models.CharField(max_length=64)  # SHA-256 of the article's canonical Markdown, hex
    data = models.JSONField()  # pipeline.core.content.article_data
    findings = models.JSONField(default=list)
    source_name = models.CharField(max_length=300)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "article_revision"
        constraints = [models.UniqueConstraint(fields=["article", "digest"], name="one_revision_a_digest")]


class ReferenceCheck(models.Model):
    """What a check of an article's references found outside it: the newest one counts. Append-only."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="reference_checks")
    outcomes = models.JSONField(default=list)  # pipeline.core.editorial.reference_outcomes
    checked_at = models.DateTimeField()

    class Meta:
        db_table = "reference_check"


class SignOff(models.Model):
    """A clinician's approval of one revision, by its digest (E-01). Append-only."""

    revision = models.ForeignKey(ArticleRevision, on_delete=models.PROTECT, related_name="sign_offs")
    content_sha256 = models.CharField(max_length=64)
    reviewer = models.CharField(max_length=200)
    profession = models.CharField(max_length=200)
    registration = models.CharField(max_length=100)
    demonstration = models.BooleanField(default=False)
    next_review_on = models.DateField()
    signed_at = models.DateTimeField()
    decisions = models.JSONField(
        default=list
    )  # about each finding that only a clinician can decide, in words
    member = models.CharField(max_length=150, default="")  # who pressed the button, or cli:<unix user>

    class Meta:
        db_table = "sign_off"


class ReviewEvent(models.Model):
    """What happened to an article on its way to a reader, in the order of the ids. Append-only."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="review_events")
    revision = models.ForeignKey(ArticleRevision, on_delete=models.PROTECT)
    kind = models.CharField(max_length=12)  # pipeline.core.editorial.approval.Happened
    sign_off = models.ForeignKey(SignOff, on_delete=models.PROTECT, null=True)
    remarks = models.TextField(default="")
    member = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        db_table = "review_event"
        indexes = [
            models.Index(
                fields=["revision", "-id"],
                condition=Q(kind__in=["signed", "withdrawn"]),
                name="review_of_revision",
            )
        ]
