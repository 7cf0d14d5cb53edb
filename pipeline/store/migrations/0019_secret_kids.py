"""The secrets that a database was used under, by their numbers, so that another is noticed at the start (S-16)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0017_ask_early")]

    operations = [
        migrations.CreateModel(
            "SecretKid",
            [
                ("kid", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("check_value", models.BinaryField(max_length=32)),
                ("since", models.DateTimeField()),
            ],
            options={"db_table": "secret_kid"},
        ),
    ]
