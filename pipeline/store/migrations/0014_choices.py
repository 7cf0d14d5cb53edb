"""Uses of the public forms, for their limits; and notes whose link does something once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0013_placements")]

    operations = [
        migrations.CreateModel(
            "FormUse",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=20)),
                ("network_key", models.BinaryField(max_length=32, null=True)),
                ("address_key", models.BinaryField(max_length=32, null=True)),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "db_table": "form_use",
                "indexes": [models.Index(fields=["used_at"], name="form_use_by_time")],
            },
        ),
        migrations.AddField("note", "used_at", models.DateTimeField(null=True)),
        migrations.AddField("note", "sealed_address", models.BinaryField(null=True)),
    ]
