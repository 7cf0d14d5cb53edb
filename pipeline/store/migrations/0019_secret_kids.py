"""The secrets that a database was used under, by their numbers, so that another is noticed at the start (S-16)."""

from django.db import migrations, models

# The day on which a secret was replaced decides which signatures are believed: nobody moves it.
GUARDS = """
CREATE TRIGGER secret_kid_rows BEFORE UPDATE OR DELETE ON secret_kid FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER secret_kid_whole BEFORE TRUNCATE ON secret_kid FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE secret_kid ENABLE ALWAYS TRIGGER secret_kid_rows;
ALTER TABLE secret_kid ENABLE ALWAYS TRIGGER secret_kid_whole;
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0018_seal_requests")]

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
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
