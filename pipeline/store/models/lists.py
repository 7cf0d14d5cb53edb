from django.db import models


class ListImport(models.Model):
    """One import of a list: what was asked, how far it has come, and what became of its rows.

    `line` is the last line whose rows are committed, in one transaction with them: after a crash the next worker goes
    on behind it. `refused_size`: the bytes of the file of refused rows that belong to those lines.
    """

    uid = models.UUIDField(unique=True)
    purpose = models.ForeignKey("store.Purpose", on_delete=models.PROTECT)
    state = models.CharField(max_length=20)  # core.consent.lists.progress.ImportState
    file = models.CharField(max_length=500)  # where the list is; empty: in the data folder, under the uid
    file_sha256 = models.CharField(max_length=64, default="", blank=True)
    digest = models.CharField(max_length=64, default="", blank=True)  # of the file and all options
    options = models.JSONField()
    reading = models.JSONField(default=dict)  # how the file is written
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    line = models.PositiveIntegerField(default=0)
    refused_size = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    checked = models.JSONField(default=dict)  # the counts of the dry run
    error = models.TextField(default="", blank=True)
    asked_by = models.CharField(max_length=150)
    started_by = models.CharField(max_length=150, default="", blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    files_gone = models.BooleanField(default=False)

    class Meta:
        db_table = "list_import"
        indexes = [models.Index(fields=["purpose", "-id"], name="list_import_of_purpose")]
