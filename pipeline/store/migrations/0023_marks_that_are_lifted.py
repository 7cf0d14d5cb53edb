"""A mark that something is wrong may be lifted and made again, a correction may have nothing to put in its place, and what
a check of references found is kept.
"""

import django.db.models.deletion
from django.db import migrations, models


GUARD = """
CREATE TRIGGER reference_check_rows BEFORE UPDATE OR DELETE ON reference_check
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reference_check_whole BEFORE TRUNCATE ON reference_check
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE reference_check ENABLE ALWAYS TRIGGER reference_check_rows;
ALTER TABLE reference_check ENABLE ALWAYS TRIGGER reference_check_whole;
"""
UNGUARD = "DROP TRIGGER reference_check_rows ON reference_check; DROP TRIGGER reference_check_whole ON reference_check;"


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0022_feeds"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="fault",
            name="one_fault_a_version",
        ),
        migrations.AddField(
            model_name="fault",
            name="again",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="fault",
            constraint=models.UniqueConstraint(
                fields=("article_revision", "issue", "again"), name="one_fault_a_version", nulls_distinct=False
            ),
        ),
        migrations.AddField(
            model_name="faultanswer",
            name="reason",
            field=models.TextField(default=""),
        ),
        migrations.AlterField(
            model_name="replacement",
            name="right",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaces",
                to="store.issuerevision",
            ),
        ),
        migrations.CreateModel(
            name="ReferenceCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("outcomes", models.JSONField(default=list)),
                ("checked_at", models.DateTimeField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reference_checks",
                        to="store.article",
                    ),
                ),
            ],
            options={
                "db_table": "reference_check",
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
