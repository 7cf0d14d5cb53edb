"""The fence against copies of the database (delivery.md B8): which hosts may send, and how far it has come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0003_outbox")]

    operations = [
        migrations.AddField("instance", "hosts", models.JSONField(db_default={}, default=dict)),
        migrations.AddField("instance", "pulse", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField(
            "instance", "needs_confirm", models.BooleanField(db_default=False, default=False)
        ),
    ]
