from django.db import models
from django.db.models import Q

from pipeline.store.models.consent import Purpose, Subscriber
from pipeline.store.models.faults import Fault
from pipeline.store.models.series import IssueRevision, Series


class Campaign(models.Model):
    """A series going out for one purpose, by a cadence and a mode."""

    name = models.SlugField(max_length=150, unique=True)
    series = models.ForeignKey(Series, on_delete=models.PROTECT)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT)
    mode = models.CharField(max_length=10)  # calendar | course
    weekday = models.PositiveSmallIntegerField(null=True)  # 0 is Monday; null: every day
    at = models.TimeField()  # local time
    zone = models.CharField(max_length=60)  # IANA name, or "subscriber" for each subscriber's own
    home_zone = models.CharField(max_length=60)  # for those whose own zone is not known
    state = models.CharField(max_length=12)
    policy = models.CharField(max_length=16, default="default")  # after an unknown outcome
    starts_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "campaign"


class Mailing(models.Model):
    """One issue of a campaign going out: what, when, to how many.

    `audience_count` is everyone on the list when it opened: those given a delivery and those left out, by reason.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="mailings")
    number = models.PositiveSmallIntegerField()
    revision = models.ForeignKey(IssueRevision, on_delete=models.PROTECT)
    state = models.CharField(max_length=16)
    due_at = models.DateTimeField()  # when it opens: the earliest moment of any zone it goes to
    local_date = models.DateField(null=True)  # the day the readers see; null in a course
    opened_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cursor = models.BigIntegerField(default=0)  # last subscription id that opening has passed
    audience_count = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict)  # reason: count
    kept_counts = models.JSONField(null=True)  # what became of its deliveries, once they are put away
    fault = models.ForeignKey(
        Fault, on_delete=models.PROTECT, null=True
    )  # its readers: who got that faulty version
    waits_for = models.CharField(max_length=12, default="", db_default="")  # why it may not go out now
    waits_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "mailing"
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="one_mailing_a_number")]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="scheduled"), name="mailing_due")]


class Enrolment(models.Model):
    """Where one subscriber stands in a course: the next issue and when it is due."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="enrolments")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT)
    next_number = models.PositiveSmallIntegerField(default=1)
    next_due_at = models.DateTimeField(null=True)  # null: the course is complete
    joined_at = models.DateTimeField()

    class Meta:
        db_table = "enrolment"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "subscriber"], name="one_enrolment_a_subscriber")
        ]
        indexes = [models.Index(fields=["next_due_at"], name="enrolment_due")]
