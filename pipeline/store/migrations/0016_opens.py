"""The day of the last opened email, of those who agreed to it; it never outlives the yes (C-31 to C-33)."""

import django.db.models.deletion
from django.db import migrations, models

# Whatever ends the yes (a press, an erasure, a complaint, the timetable, a goodbye that was replayed): the row is gone
# with it. A picture that is fetched meanwhile holds the subscription, and so comes before this or finds no yes.
ENDS = """
CREATE FUNCTION last_open_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM last_open WHERE subscriber_id = NEW.subscriber_id;
    RETURN NULL;
END $$;
CREATE TRIGGER last_open_ends AFTER UPDATE OF status ON subscription FOR EACH ROW
    WHEN (NEW.purpose_id = 'email_open_tracking' AND NEW.status NOT IN ('given', 'renewed'))
    EXECUTE FUNCTION last_open_ends();
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0015_parties")]

    operations = [
        migrations.CreateModel(
            name="LastOpen",
            fields=[
                (
                    "subscriber",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="store.subscriber",
                    ),
                ),
                ("opened_on", models.DateField()),
            ],
            options={"db_table": "last_open"},
        ),
        migrations.RunSQL(ENDS, "DROP TRIGGER last_open_ends ON subscription; DROP FUNCTION last_open_ends();"),
    ]
