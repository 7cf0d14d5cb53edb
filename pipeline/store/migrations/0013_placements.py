"""Where sign-up forms stand, forms that were sent, and what the limits on sign-ups count by (D-06 to D-09)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0012_list_import")]

    operations = [
        migrations.CreateModel(
            name="Placement",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("page_url", models.CharField(max_length=300)),
                ("purposes", models.JSONField(default=list)),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "placement"},
        ),
        migrations.CreateModel(
            name="SpentForm",
            fields=[
                ("stamp", models.BinaryField(max_length=16, primary_key=True, serialize=False)),
                ("told", models.BinaryField(max_length=32)),
                ("spent_at", models.DateTimeField()),
            ],
            options={
                "db_table": "spent_form",
                "indexes": [models.Index(fields=["spent_at"], name="spent_form_of_time")],
            },
        ),
        migrations.AddField("confirmation", "domain_key", models.BinaryField(max_length=32, null=True)),
        migrations.AddField("confirmation", "solved", models.BooleanField(db_default=False, default=False)),
        migrations.AddField(
            "confirmation", "held", models.CharField(max_length=30, db_default="", default="", blank=True)
        ),
        migrations.AddIndex("confirmation", models.Index(fields=["created_at"], name="confirmation_of_time")),
        migrations.AddIndex(
            "confirmation",
            models.Index(
                fields=["expires_at"],
                name="confirmation_waits",
                condition=models.Q(state__in=["pending", "held"]),
            ),
        ),
    ]
