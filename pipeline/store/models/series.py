from django.db import models

from pipeline.store.models.articles import Article, ArticleRevision, SignOff
from pipeline.store.models.consent import Purpose


class Series(models.Model):
    """A planned series; `plan` is its `SeriesPlan` as data."""

    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=200)
    article = models.ForeignKey(Article, on_delete=models.PROTECT)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT)
    plan = models.JSONField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "series"


class Issue(models.Model):
    """One issue of a series. What it says is in its revisions."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="issues")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)

    class Meta:
        db_table = "issue"
        constraints = [models.UniqueConstraint(fields=["series", "number"], name="one_issue_a_number")]


class IssueRevision(models.Model):
    """A rendered issue with its slots open, or the letter that corrects it. Never edited (trigger `revision_is_final`).

    The same words made from another revision of the article are another row: whether they may go out hangs on that.
    """

    kind = models.CharField(max_length=12, default="issue", db_default="issue")  # issue | correction
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="revisions")
    article_revision = models.ForeignKey(ArticleRevision, on_delete=models.PROTECT)
    content_sha256 = models.CharField(max_length=64)
    subject = models.TextField()
    preheader = models.TextField()
    html = models.TextField()
    text = models.TextField()
    findings = models.JSONField(default=list)
    demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "issue_revision"
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "content_sha256", "article_revision"], name="one_issue_revision_a_digest"
            )
        ]


class SignedLetter(models.Model):
    """An issue as it read when its article was signed off: what the clinician could look at. Append-only."""

    sign_off = models.ForeignKey(SignOff, on_delete=models.PROTECT, related_name="letters")
    revision = models.ForeignKey(IssueRevision, on_delete=models.PROTECT)
    content_sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = "signed_letter"
