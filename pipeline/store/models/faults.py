from django.db import models

from pipeline.store.models.articles import ArticleRevision
from pipeline.store.models.consent import Subscriber
from pipeline.store.models.series import Issue, IssueRevision, Series


class Fault(models.Model):
    """An article's revision, or one issue made from it, that somebody marked wrong (E-10). Append-only."""

    article_revision = models.ForeignKey(ArticleRevision, on_delete=models.PROTECT, related_name="faults")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, null=True)  # null: every issue made from it
    reason = models.TextField()
    member = models.CharField(max_length=150)
    marked_at = models.DateTimeField()
    again = models.PositiveSmallIntegerField(default=0)  # how many marks on just this were lifted before

    class Meta:
        db_table = "fault"
        constraints = [
            models.UniqueConstraint(
                fields=["article_revision", "issue", "again"],
                nulls_distinct=False,
                name="one_fault_a_version",
            )
        ]


class FaultAnswer(models.Model):
    """What was done about a fault: readers were told, it was recalled, corrected by another revision, or lifted since
    nothing was wrong. Append-only.
    """

    fault = models.ForeignKey(Fault, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=12)  # told | recalled | corrected | lifted
    article_revision = models.ForeignKey(
        ArticleRevision, on_delete=models.PROTECT, null=True
    )  # the right one
    wrong = models.TextField(default="")  # what was wrong, as readers are told
    right = models.TextField(default="")  # what is right
    reason = models.TextField(default="")  # why, for us alone
    member = models.CharField(max_length=150)
    answered_at = models.DateTimeField()

    class Meta:
        db_table = "fault_answer"
        constraints = [models.UniqueConstraint(fields=["fault", "kind"], name="one_answer_of_a_kind")]


class Replacement(models.Model):
    """A faulty issue, what stands in its place, null where the series has no such issue any more, and the letter that
    says so, null where its own words stand as they were. Append-only.
    """

    answer = models.ForeignKey(FaultAnswer, on_delete=models.PROTECT, related_name="replacements")
    faulty = models.ForeignKey(IssueRevision, on_delete=models.PROTECT, related_name="replaced_by")
    right = models.ForeignKey(IssueRevision, on_delete=models.PROTECT, null=True, related_name="replaces")
    letter = models.ForeignKey(IssueRevision, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "replacement"
        constraints = [models.UniqueConstraint(fields=["answer", "faulty"], name="one_replacement_a_version")]


class FaultyCopy(models.Model):
    """Who received a faulty version, or may have (`certain` false), by which series. Written once, when the fault is
    corrected and nothing of the faulty version is on the wire. Append-only.
    """

    fault = models.ForeignKey(Fault, on_delete=models.PROTECT)
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, db_constraint=False)
    issue_revision = models.ForeignKey(IssueRevision, on_delete=models.PROTECT)
    mailing_id = models.BigIntegerField()
    delivery_id = models.BigIntegerField()
    certain = models.BooleanField()

    class Meta:
        db_table = "faulty_copy"
        constraints = [models.UniqueConstraint(fields=["fault", "delivery_id"], name="one_copy_a_delivery")]
        indexes = [
            models.Index(fields=["fault", "series", "subscriber"], name="faulty_copy_of_reader"),
            models.Index(fields=["delivery_id"], name="faulty_copy_of_delivery"),
        ]


class CarriedOut(models.Model):
    """That an answer was carried out, once. Append-only."""

    answer = models.OneToOneField(FaultAnswer, on_delete=models.PROTECT, related_name="carried_out")
    at = models.DateTimeField()

    class Meta:
        db_table = "carried_out"
