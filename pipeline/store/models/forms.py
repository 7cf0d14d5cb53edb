from django.db import models


class FormUse(models.Model):
    """That a public form was sent, for the limits (`core.consent.limits`). Keyed hashes alone, and forgotten after a
    day.
    """

    form = models.CharField(max_length=20)  # core.consent.limits.Form
    network_key = models.BinaryField(max_length=32, null=True)  # of the client's /24 or /56
    address_key = models.BinaryField(max_length=32, null=True)  # of the address that was typed
    used_at = models.DateTimeField()

    class Meta:
        db_table = "form_use"
        indexes = [models.Index(fields=["used_at"], name="form_use_by_time")]
