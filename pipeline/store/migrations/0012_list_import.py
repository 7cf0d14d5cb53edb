"""Imports of lists, so that one survives a restart, and a page can say how far it is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0011_rights")]

    operations = [
        migrations.CreateModel(
            name="ListImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(unique=True)),
                ("state", models.CharField(max_length=20)),
                ("file", models.CharField(max_length=500)),
                ("file_sha256", models.CharField(blank=True, default="", max_length=64)),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("options", models.JSONField()),
                ("reading", models.JSONField(default=dict)),
                ("rows_total", models.PositiveIntegerField(default=0)),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("line", models.PositiveIntegerField(default=0)),
                ("refused_size", models.PositiveBigIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("checked", models.JSONField(default=dict)),
                ("error", models.TextField(blank=True, default="")),
                ("asked_by", models.CharField(max_length=150)),
                ("started_by", models.CharField(blank=True, default="", max_length=150)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("files_gone", models.BooleanField(default=False)),
                (
                    "purpose",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.purpose"),
                ),
            ],
            options={
                "db_table": "list_import",
                "indexes": [models.Index(fields=["purpose", "-id"], name="list_import_of_purpose")],
            },
        ),
    ]
