from django.db import models
from django.db.models import Q

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.store.models.campaigns import Mailing
from pipeline.store.models.consent import Confirmation, Subscriber
from pipeline.store.models.notes import Note
from pipeline.store.models.series import IssueRevision

QUEUED = DeliveryState.QUEUED


class TestSend(models.Model):
    """A test of one issue, asked for by a member of staff. Its links are inert (S-22)."""

    revision = models.ForeignKey(IssueRevision, on_delete=models.PROTECT)
    address = models.CharField(max_length=254)
    asked_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "test_send"


def _letter(stream: str, named_by: str) -> Q:
    """A delivery of this stream has this one reference and no other."""
    references = ("mailing", "confirmation", "note", "test_send")
    return Q(stream=stream, **{f"{name}__isnull": name != named_by for name in references})


class Delivery(models.Model):
    """One letter to one mailbox, from the decision to send it to its settled outcome (delivery.md, B1 and B2).

    Exactly one of `mailing`, `confirmation`, `note` and `test_send` says what letter it is. Two unique keys hold the
    promise of one copy: one for the subscriber, one for the mailbox. Partitioned by `period` (store.periods). No index
    names a column that changes while a letter is sent, so that its updates touch no index (HOT): what is due, and what
    is in hand, stands in `outbox`.
    """

    id = models.BigAutoField(primary_key=True)
    period = models.DateField()
    uid = models.UUIDField()  # in the Message-ID and the return path
    stream = models.CharField(max_length=12)  # core.delivery.lifecycle.Stream
    # No constraint in the database on these two: it would cost each row of an opening more than the row itself. A
    # mailing with deliveries cannot be deleted (trigger `mailing_keeps`).
    mailing = models.ForeignKey(
        Mailing,
        on_delete=models.PROTECT,
        null=True,
        related_name="deliveries",
        db_constraint=False,
        db_index=False,
    )
    confirmation = models.ForeignKey(Confirmation, on_delete=models.PROTECT, null=True, db_index=False)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, null=True, db_index=False)
    test_send = models.ForeignKey(TestSend, on_delete=models.PROTECT, null=True, db_index=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, null=True, db_constraint=False)
    address_key = models.BinaryField(max_length=32)
    state = models.PositiveSmallIntegerField(default=QUEUED)
    cause = models.CharField(max_length=20, default="", db_default="")
    reason = models.CharField(max_length=30, default="", db_default="")
    consent_event_id = models.BigIntegerField(null=True)  # the yes that allowed it (G9)
    attempt_no = models.PositiveSmallIntegerField(default=0, db_default=0)
    ambiguous_attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    crashes = models.PositiveSmallIntegerField(default=0, db_default=0)  # senders that died with it in hand
    next_attempt_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()  # also the Date header of every attempt (M-02)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)  # the database's clock
    intent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    route = models.CharField(max_length=30, default="", db_default="")  # of the last attempt
    code = models.PositiveSmallIntegerField(null=True)
    enhanced = models.CharField(max_length=12, default="", db_default="")
    reply = models.TextField(default="", db_default="")

    class Meta:
        db_table = "delivery"
        constraints = [
            models.UniqueConstraint(fields=["uid", "period"], name="one_delivery_a_uid"),
            models.UniqueConstraint(
                fields=["mailing", "subscriber", "period"], name="one_delivery_a_subscriber"
            ),
            models.UniqueConstraint(
                fields=["mailing", "address_key", "period"], name="one_delivery_a_mailbox"
            ),
            models.CheckConstraint(
                name="delivery_is_one_letter",
                condition=_letter("newsletter", "mailing")
                | _letter("confirmation", "confirmation")
                | _letter("note", "note")
                | _letter("test", "test_send"),
            ),
        ]


class Outbox(models.Model):
    """A line for each delivery that is not settled. Triggers on `delivery` keep it; nobody else writes it.

    It is the index that PostgreSQL would make every update of a delivery pay for. `waiting`: a sender may claim it;
    otherwise a sender holds it, or its outcome is unknown.
    """

    delivery_id = models.BigIntegerField(primary_key=True)
    period = models.DateField()
    mailing_id = models.BigIntegerField(null=True)
    next_attempt_at = models.DateTimeField()
    waiting = models.BooleanField()

    class Meta:
        db_table = "outbox"
        indexes = [
            models.Index(
                fields=["mailing_id", "next_attempt_at", "delivery_id"],
                condition=Q(waiting=True),
                name="outbox_due",
            ),
            models.Index(fields=["mailing_id"], condition=Q(waiting=False), name="outbox_in_hand"),
        ]


class Attempt(models.Model):
    """One attempt that did not end in acceptance, and how it ended. The accepted one is told by the delivery itself.

    Partitioned like `delivery`, with its `period`.
    """

    id = models.BigAutoField(primary_key=True)
    period = models.DateField()
    delivery_id = models.BigIntegerField()
    at = models.DateTimeField()
    attempt_no = models.PositiveSmallIntegerField()
    route = models.CharField(max_length=30, default="")
    stage = models.CharField(max_length=12)
    verdict = models.CharField(max_length=12)
    cause = models.CharField(max_length=20, default="")
    code = models.PositiveSmallIntegerField(null=True)
    reply = models.TextField(default="")

    class Meta:
        db_table = "attempt"
        indexes = [models.Index(fields=["delivery_id", "id"], name="attempt_of_delivery")]


class DeliveryEvent(models.Model):
    """What was heard of a delivery after it left: a bounce, a complaint, a provider's word. Once for each report."""

    delivery_id = models.BigIntegerField(null=True)
    period = models.DateField(null=True)
    delivery_uid = models.UUIDField(null=True)
    subscriber_id = models.BigIntegerField(null=True)
    mailing_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    code = models.PositiveSmallIntegerField(null=True)
    enhanced = models.CharField(max_length=12, default="")
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "delivery_event"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="one_event_a_report"),
        ]
        indexes = [
            models.Index(fields=["delivery_id"], name="event_of_delivery"),
            models.Index(fields=["subscriber_id", "occurred_at"], name="event_of_subscriber"),
            models.Index(fields=["mailing_id", "kind"], name="event_of_mailing"),
        ]


class QuarantinedReport(models.Model):
    """A report that nobody could be found for: forged, foreign or unreadable. It changes nothing (B-02)."""

    source = models.CharField(max_length=40)
    received_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64, unique=True)
    why = models.CharField(max_length=200)
    raw = models.BinaryField()

    class Meta:
        db_table = "quarantined_report"
