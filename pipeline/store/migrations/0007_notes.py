"""Notes (`core.message.note`), and deliveries that carry one."""

from django.db import migrations, models
import django.db.models.deletion

LETTERS = """
ALTER TABLE delivery ADD COLUMN note_id bigint;
ALTER TABLE delivery ADD CONSTRAINT delivery_note FOREIGN KEY (note_id) REFERENCES note (id);
ALTER TABLE delivery DROP CONSTRAINT delivery_is_one_letter;
ALTER TABLE delivery ADD CONSTRAINT delivery_is_one_letter CHECK (
    num_nonnulls(mailing_id, confirmation_id, note_id, test_send_id) = 1
    AND CASE stream WHEN 'newsletter' THEN mailing_id WHEN 'confirmation' THEN confirmation_id
                    WHEN 'note' THEN note_id WHEN 'test' THEN test_send_id END IS NOT NULL);
"""

BACK = """
ALTER TABLE delivery DROP CONSTRAINT delivery_is_one_letter;
ALTER TABLE delivery DROP COLUMN note_id;
ALTER TABLE delivery ADD CONSTRAINT delivery_is_one_letter CHECK (
    num_nonnulls(mailing_id, confirmation_id, test_send_id) = 1);
"""


def letter(stream, named_by):
    references = ("mailing", "confirmation", "note", "test_send")
    return models.Q(stream=stream, **{f"{name}__isnull": name != named_by for name in references})


class Migration(migrations.Migration):
    dependencies = [("store", "0006_findings_of_notices")]

    operations = [
        migrations.CreateModel(
            "Note",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=30)),
                ("address", models.CharField(blank=True, db_default="", default="", max_length=254)),
                ("values", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "purpose",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="store.purpose"),
                ),
                (
                    "subscriber",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="store.subscriber"),
                ),
            ],
            options={
                "db_table": "note",
                "indexes": [models.Index(fields=["subscriber", "created_at"], name="note_of_subscriber")],
            },
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(LETTERS, BACK)],
            state_operations=[
                migrations.AddField(
                    "delivery",
                    "note",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="store.note"
                    ),
                ),
                migrations.RemoveConstraint("delivery", "delivery_is_one_letter"),
                migrations.AddConstraint(
                    "delivery",
                    models.CheckConstraint(
                        name="delivery_is_one_letter",
                        condition=letter("newsletter", "mailing")
                        | letter("confirmation", "confirmation")
                        | letter("note", "note")
                        | letter("test", "test_send"),
                    ),
                ),
            ],
        ),
    ]
