from django.db import models


class CaughtMessage(models.Model):
    """A message that the local inbox caught: the demonstration's mailbox, never a real one."""

    received_at = models.DateTimeField()
    mail_from = models.CharField(max_length=320)
    rcpt_to = models.CharField(max_length=320)
    subject = models.TextField()
    message = models.BinaryField()

    class Meta:
        db_table = "caught_message"
        indexes = [models.Index(fields=["rcpt_to", "-id"], name="caught_for_recipient")]
