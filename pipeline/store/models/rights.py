from django.db import models
from django.db.models import Q

from pipeline.store.models.consent import Subscriber


class RightsRequest(models.Model):
    """What somebody asked of us under the law, and where it stands (`core.consent.rights`).

    Never deleted, and what it was is never edited (trigger `rights_request_stays`). What people wrote,
    and were answered, is the only personal data here. It stands under seal, as evidence does in the ledger: under the
    subject's key, or under the installation's where it is of nobody we know. Empty where nothing was written.
    """

    uid = models.UUIDField(unique=True)
    kind = models.CharField(max_length=30)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, null=True)
    address_key = models.BinaryField(max_length=32, default=b"", db_default=b"")  # empty: of nobody we know
    channel = models.CharField(max_length=20)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    acknowledge_by = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=20)  # RequestState
    outcome = models.CharField(max_length=20, default="", db_default="")
    sealed_words = models.JSONField(default=dict, db_default={})
    sealed_answer = models.JSONField(default=dict, db_default={})

    class Meta:
        db_table = "rights_request"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="rights_request_open"),
        ]


class RightsEvent(models.Model):
    """One line of the log of requests: what was done, by whom, when. INSERT only; no word of the person is in it."""

    request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=30)  # received | acknowledge | extend | close
    actor = models.CharField(max_length=30)
    member = models.CharField(max_length=150, default="", db_default="")
    at = models.DateTimeField()
    detail = models.JSONField(default=dict, db_default={})

    class Meta:
        db_table = "rights_event"
