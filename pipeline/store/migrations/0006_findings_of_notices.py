"""What stands against a notice is kept beside it (C-42): nobody signs up under one that breaks a rule (C-43)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0005_seals")]

    operations = [
        migrations.AddField("noticeversion", "findings", models.JSONField(db_default=[], default=list)),
    ]
