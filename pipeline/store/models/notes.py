from django.db import models

from pipeline.store.models.consent import Purpose, Subscriber


class Note(models.Model):
    """A plain letter to one person, because of something they or we did (`core.message.note`).

    `purpose` is set where the letter is allowed by consent for it alone; the intent reads that consent (G9).
    """

    uid = models.UUIDField(unique=True)  # what its button's token names
    kind = models.CharField(max_length=30)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, null=True)
    # Where it goes, if not to the subscriber's own address: one of ours as it is, and one that a subscriber has, had or
    # asks for under that subscriber's key.
    address = models.CharField(max_length=254, default="", db_default="", blank=True)
    sealed_address = models.BinaryField(null=True)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, null=True)
    values = models.JSONField(default=dict)  # for its words: no address, no topic
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)  # when its link did what it does once

    class Meta:
        db_table = "note"
        indexes = [models.Index(fields=["subscriber", "created_at"], name="note_of_subscriber")]
