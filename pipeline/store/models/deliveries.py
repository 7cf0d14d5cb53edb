from django.db import models
from django.db.models import Q

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.store.models.campaigns import Mailing
from pipeline.store.models.consent import Confirmation, Subscriber
from pipeline.store.models.series import IssueRevision

QUEUED, LEASED, SENDING = DeliveryState.QUEUED, DeliveryState.LEASED, DeliveryState.SENDING


class TestSend(models.Model):
    """A test of one issue, asked for by a member of staff. Its links are inert (S-22)."""

    revision = models.ForeignKey(IssueRevision, on_delete=models.PROTECT)
    address = models.CharField(max_length=254)
    asked_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "test_send"


class Delivery(models.Model):
    """One letter to one mailbox, from the decision to send it to its settled outcome (delivery.md, B1 and B2).

    Exactly one of `mailing`, `confirmation` and `test_send` says what letter it is. Two unique keys hold the promise
    of one copy: one for the subscriber, one for the mailbox.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True)  # in the Message-ID and the return path
    stream = models.CharField(max_length=12)  # newsletter | confirmation | test
    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, null=True, related_name="deliveries")
    confirmation = models.ForeignKey(Confirmation, on_delete=models.PROTECT, null=True)
    test_send = models.ForeignKey(TestSend, on_delete=models.PROTECT, null=True)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, null=True)
    address_key = models.BinaryField(max_length=32)
    state = models.PositiveSmallIntegerField(default=QUEUED)
    cause = models.CharField(max_length=20, default="", db_default="")
    reason = models.CharField(max_length=30, default="", db_default="")
    consent_event_id = models.BigIntegerField(null=True)  # the yes that allowed it (G9)
    attempt_no = models.PositiveSmallIntegerField(default=0, db_default=0)
    ambiguous_attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_attempt_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()  # also the Date header of every attempt (M-02)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)  # the database's clock
    intent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    code = models.PositiveSmallIntegerField(null=True)
    enhanced = models.CharField(max_length=12, default="", db_default="")
    reply = models.TextField(default="", db_default="")

    class Meta:
        db_table = "delivery"
        constraints = [
            models.UniqueConstraint(fields=["mailing", "subscriber"], name="one_delivery_a_subscriber"),
            models.UniqueConstraint(fields=["mailing", "address_key"], name="one_delivery_a_mailbox"),
            models.CheckConstraint(
                name="delivery_is_one_letter",
                condition=Q(stream="newsletter", mailing__isnull=False, confirmation=None, test_send=None)
                | Q(stream="confirmation", mailing=None, confirmation__isnull=False, test_send=None)
                | Q(stream="test", mailing=None, confirmation=None, test_send__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["mailing", "next_attempt_at", "id"], condition=Q(state=QUEUED), name="delivery_due"
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state__in=[LEASED, SENDING]), name="delivery_in_flight"
            ),
            models.Index(
                fields=["subscriber"], condition=Q(state__in=[QUEUED, LEASED]), name="delivery_pending"
            ),
            models.Index(fields=["mailing", "state"], name="delivery_of_mailing"),
        ]


class Attempt(models.Model):
    """One attempt at a delivery and how it ended; kept for the timeline and the auditor."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    attempt_no = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=12)
    verdict = models.CharField(max_length=12)
    cause = models.CharField(max_length=20, default="")
    code = models.PositiveSmallIntegerField(null=True)
    reply = models.TextField(default="")

    class Meta:
        db_table = "attempt"
        indexes = [models.Index(fields=["delivery", "id"], name="attempt_of_delivery")]
