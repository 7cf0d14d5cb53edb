from django.db import models


class Feed(models.Model):
    """A feed that is read on a schedule. Its articles become drafts."""

    name = models.SlugField(max_length=60, unique=True)
    url = models.TextField(unique=True)
    every_hours = models.PositiveSmallIntegerField()
    paused = models.BooleanField(default=False)
    etag = models.CharField(max_length=200, default="")
    modified = models.CharField(max_length=100, default="")
    next_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)  # since the last time that it could be read
    problem = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "feed"
        indexes = [models.Index(fields=["next_at"], condition=models.Q(paused=False), name="feed_due")]


class FeedEntry(models.Model):
    """One article of a feed: what it brought last, and what became of it."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="entries")
    key_sha256 = models.BinaryField()  # of its guid or address
    title = models.CharField(max_length=300)
    url = models.TextField(default="")
    digest = models.CharField(
        max_length=64, default=""
    )  # of the article, as in ArticleRevision; empty: refused
    slug = models.CharField(max_length=120, default="")
    outcome = models.CharField(max_length=20)  # core.content.intake.Intake
    problem = models.TextField(default="")
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "feed_entry"
        constraints = [models.UniqueConstraint(fields=["feed", "key_sha256"], name="one_row_a_feed_entry")]
