"""The register of what people ask for under the law: the request, and an append-only log of what was done about it."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION keep_rights_request() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF (OLD.uid, OLD.kind, OLD.channel, OLD.received_at) IS DISTINCT FROM
       (NEW.uid, NEW.kind, NEW.channel, NEW.received_at) THEN
        RAISE EXCEPTION 'request %: what was asked, how and when stays' , OLD.uid USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'closed' AND (OLD.state, OLD.outcome, OLD.closed_at, OLD.due_at) IS DISTINCT FROM
       (NEW.state, NEW.outcome, NEW.closed_at, NEW.due_at) THEN
        RAISE EXCEPTION 'request % is closed', OLD.uid USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rights_request_stays BEFORE UPDATE ON rights_request
    FOR EACH ROW EXECUTE FUNCTION keep_rights_request();
CREATE TRIGGER rights_request_rows BEFORE DELETE ON rights_request FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rights_request_whole BEFORE TRUNCATE ON rights_request
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rights_event_rows BEFORE UPDATE OR DELETE ON rights_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rights_event_whole BEFORE TRUNCATE ON rights_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE rights_request ENABLE ALWAYS TRIGGER rights_request_stays;
ALTER TABLE rights_request ENABLE ALWAYS TRIGGER rights_request_rows;
ALTER TABLE rights_request ENABLE ALWAYS TRIGGER rights_request_whole;
ALTER TABLE rights_event ENABLE ALWAYS TRIGGER rights_event_rows;
ALTER TABLE rights_event ENABLE ALWAYS TRIGGER rights_event_whole;
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0006_findings_of_notices")]

    operations = [
        migrations.CreateModel(
            name="RightsRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=30)),
                ("address_key", models.BinaryField(db_default=b"", default=b"", max_length=32)),
                ("channel", models.CharField(max_length=20)),
                ("received_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("acknowledge_by", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("state", models.CharField(max_length=20)),
                ("outcome", models.CharField(db_default="", default="", max_length=20)),
                ("words", models.TextField(db_default="", default="")),
                ("answer", models.TextField(db_default="", default="")),
                (
                    "subscriber",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="store.subscriber"
                    ),
                ),
            ],
            options={
                "db_table": "rights_request",
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)), fields=["due_at"], name="rights_request_open"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RightsEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=30)),
                ("actor", models.CharField(max_length=30)),
                ("member", models.CharField(db_default="", default="", max_length=150)),
                ("at", models.DateTimeField()),
                ("detail", models.JSONField(db_default={}, default=dict)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="store.rightsrequest",
                    ),
                ),
            ],
            options={"db_table": "rights_event"},
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
