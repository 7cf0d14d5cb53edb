"""A mark that something is wrong may be lifted and made again, and a correction may have nothing to put in its place."""

import django.db.models.deletion
from django.db import migrations, models


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
    ]
