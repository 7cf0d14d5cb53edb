"""Parties, purposes as they were at each time, and how long a yes lasts (standards 2.7; C-09, C-10, C-27)."""

import django.db.models.deletion
from django.db import migrations, models

# As 0002_guards: what people were told is never edited.
GUARDED = ["party", "purpose_version"]
GUARDS = "".join(
    f"""
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_whole;
"""
    for table in GUARDED
)
UNGUARD = "".join(
    f"DROP TRIGGER {table}_rows ON {table}; DROP TRIGGER {table}_whole ON {table};" for table in GUARDED
)

# What the fold says of yeses from before: 24 months (core.consent.purpose.LASTS), under the notice that was named last.
PROJECT = """
UPDATE subscription s
   SET valid_until = (e.occurred_at AT TIME ZONE 'UTC' + interval '24 months') AT TIME ZONE 'UTC',
       notice_version = (SELECT n.notice_version FROM consent_event n
                          WHERE n.subscriber_id = s.subscriber_id AND n.purpose_id = s.purpose_id AND n.notice_id <> ''
                            AND n.kind IN ('CONSENT_GIVEN', 'CONSENT_RENEWED', 'LEGACY_IMPORTED')
                            AND n.state_after IN ('given', 'renewed') AND n.seq <= s.consent_event_id
                          ORDER BY n.seq DESC LIMIT 1)
  FROM consent_event e WHERE e.seq = s.consent_event_id AND s.status IN ('given', 'renewed');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0014_choices"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentWalk",
            fields=[
                (
                    "purpose",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="store.purpose",
                    ),
                ),
                ("day", models.DateField(null=True)),
                ("cursor", models.BigIntegerField(default=0)),
                ("ended", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "consent_walk",
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("party_id", models.CharField(max_length=60)),
                ("version", models.PositiveIntegerField()),
                ("role", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=200)),
                ("address", models.CharField(max_length=400)),
                ("email", models.CharField(blank=True, default="", max_length=254)),
                ("url", models.CharField(blank=True, default="", max_length=300)),
                ("phone", models.CharField(blank=True, default="", max_length=60)),
                ("company_number", models.CharField(blank=True, default="", max_length=60)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "party",
            },
        ),
        migrations.CreateModel(
            name="PurposeVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("description", models.TextField()),
                ("cadence", models.CharField(max_length=60)),
                ("cadence_max_days", models.PositiveSmallIntegerField()),
                ("purpose_type", models.CharField(max_length=300)),
                ("legal_basis", models.CharField(max_length=20)),
                ("special_category", models.BooleanField()),
                ("consent_type", models.CharField(max_length=30)),
                ("pii_types", models.JSONField()),
                ("controllers", models.JSONField()),
                ("recipients", models.JSONField()),
                ("storage_locations", models.JSONField()),
                ("processing_locations", models.JSONField()),
                ("transfer_safeguard", models.TextField(blank=True, default="")),
                ("retention", models.CharField(max_length=20)),
                ("valid_for", models.CharField(max_length=20)),
                ("jurisdiction", models.CharField(max_length=2)),
                ("withdrawal_methods", models.JSONField()),
                ("rights_url", models.CharField(max_length=300)),
                ("complaint_url", models.CharField(max_length=300)),
                ("authority", models.JSONField()),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "purpose_version",
            },
        ),
        migrations.AddField(
            model_name="consentevent",
            name="notice_sha256",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="consentevent",
            name="valid_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="noticeversion",
            name="change",
            field=models.CharField(db_default="first", default="first", max_length=20),
        ),
        migrations.AddField(
            model_name="noticeversion",
            name="changed",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="noticeversion",
            name="purpose_version",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="subscription",
            name="notice_version",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="subscription",
            name="valid_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(PROJECT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ["given", "renewed"]), _negated=True),
                    ("valid_until__isnull", False),
                    _connector="OR",
                ),
                name="a_yes_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.UniqueConstraint(fields=("party_id", "version"), name="one_party_a_version"),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["controller", "processor", "authority"])),
                name="party_has_a_role",
            ),
        ),
        migrations.AddField(
            model_name="purposeversion",
            name="purpose",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.purpose"),
        ),
        migrations.AddConstraint(
            model_name="purposeversion",
            constraint=models.UniqueConstraint(
                fields=("purpose", "version"), name="one_description_a_purpose_version"
            ),
        ),
        migrations.AddConstraint(
            model_name="purposeversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("special_category", False),
                    models.Q(("consent_type", "explicitly_expressed"), ("legal_basis", "A9-2-a")),
                    _connector="OR",
                ),
                name="health_needs_an_explicit_yes",
            ),
        ),
        migrations.AddConstraint(
            model_name="purposeversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("legal_basis__in", ["A6-1-a", "A9-2-a"])), name="purpose_rests_on_consent"
            ),
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
