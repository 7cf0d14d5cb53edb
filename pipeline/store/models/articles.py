from django.db import models


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

    class Meta:
        db_table = "sign_off"
