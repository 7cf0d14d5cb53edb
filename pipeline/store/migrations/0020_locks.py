"""The browsers that members signed in with, whose tries at the door are counted by themselves; and a no that only the
person's fresh act ends, which nobody shortens unless two of staff have opened it to such an act (decision 0026).
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STANDS = """
CREATE FUNCTION suppression_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.address_key, NEW.scope, NEW.reason) IS DISTINCT FROM (OLD.address_key, OLD.scope, OLD.reason) THEN
        RAISE EXCEPTION 'a suppression does not become another' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.reason IN ('erased', 'child', 'complaint', 'not_me')
       AND NEW.until IS NOT NULL AND (OLD.until IS NULL OR NEW.until < OLD.until)
       AND (OLD.door_since IS NULL OR NEW.until < OLD.door_since) THEN
        RAISE EXCEPTION 'only a fresh act of the person ends this suppression' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER suppression_stays BEFORE UPDATE ON suppression FOR EACH ROW EXECUTE FUNCTION suppression_stands();
ALTER TABLE suppression ENABLE ALWAYS TRIGGER suppression_stays;
"""
FALLS = "DROP TRIGGER suppression_stays ON suppression; DROP FUNCTION suppression_stands();"


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("store", "0019_secret_kids"),
    ]

    operations = [
        migrations.CreateModel(
            name="KnownBrowser",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.BinaryField()),
                ("used_at", models.DateTimeField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "known_browser"},
        ),
        migrations.AddConstraint(
            model_name="knownbrowser",
            constraint=models.UniqueConstraint(fields=("member", "mark"), name="one_mark_a_browser"),
        ),
        migrations.AddField("suppression", "door_since", models.DateTimeField(null=True)),
        migrations.AddField("suppression", "door_until", models.DateTimeField(null=True)),
        migrations.RunSQL(STANDS, FALLS),
    ]
