from django.db import models

from pipeline.store.models.consent import Subscriber


class LastOpen(models.Model):
    """The day on which somebody who agreed to it last opened an email: no time, no issue, no network (C-33).

    The trigger `last_open_ends` takes the row away when the yes ends, in the transaction that ends it.
    """

    subscriber = models.OneToOneField(Subscriber, on_delete=models.PROTECT, primary_key=True)
    opened_on = models.DateField()

    class Meta:
        db_table = "last_open"
