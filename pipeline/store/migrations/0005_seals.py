"""Seals over the consent ledger (delivery.md B9): each entry says its transaction and the mailbox that it is about."""

import django.db.models.deletion
from django.db import migrations, models

# The guard is down while the entries that there are get the key of their mailbox. It is up again before this commits.
COLUMNS = """
ALTER TABLE consent_event ADD COLUMN xid bigint NOT NULL DEFAULT 0,
                          ADD COLUMN address_key bytea NOT NULL DEFAULT '\\x';
ALTER TABLE consent_event DISABLE TRIGGER consent_event_rows;
UPDATE consent_event e SET address_key = s.address_key FROM subscriber s WHERE s.id = e.subscriber_id;
ALTER TABLE consent_event ENABLE ALWAYS TRIGGER consent_event_rows;
CREATE INDEX consent_event_of_transaction ON consent_event (xid, seq);
"""

# Who inserts may not choose when, in which transaction, or about whom an entry was made.
STAMP = """
CREATE OR REPLACE FUNCTION stamp_consent_event() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.recorded_at := clock_timestamp();
    NEW.xid := pg_current_xact_id()::text::bigint;
    NEW.address_key := (SELECT address_key FROM subscriber WHERE id = NEW.subscriber_id);
    RETURN NEW;
END $$;
"""

GUARDS = "".join(
    f"""
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_whole;
"""
    for table in ("ledger_seal", "ledger_anchor")
)


class Migration(migrations.Migration):
    dependencies = [("store", "0004_fence")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(COLUMNS), migrations.RunSQL(STAMP)],
            state_operations=[
                migrations.AddField("consentevent", "xid", models.BigIntegerField(db_default=0)),
                migrations.AddField(
                    "consentevent", "address_key", models.BinaryField(max_length=32, db_default=b"")
                ),
                migrations.AddIndex(
                    "consentevent",
                    models.Index(fields=["xid", "seq"], name="consent_event_of_transaction"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LedgerSeal",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("cluster", models.CharField(max_length=60)),
                ("from_xid", models.BigIntegerField()),
                ("from_seq", models.BigIntegerField()),
                ("to_xid", models.BigIntegerField()),
                ("to_seq", models.BigIntegerField()),
                ("floor", models.BigIntegerField()),
                ("afresh", models.BooleanField()),
                ("count", models.IntegerField()),
                ("seqs", models.BinaryField()),
                ("leaves", models.BinaryField()),
                ("root", models.BinaryField(max_length=32)),
                ("previous", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={"db_table": "ledger_seal"},
        ),
        migrations.CreateModel(
            name="LedgerAnchor",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("hash", models.BinaryField(max_length=32)),
                ("key_id", models.CharField(max_length=16)),
                ("signature", models.BinaryField(max_length=64)),
                ("signed_at", models.DateTimeField()),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="store.ledgerseal"
                    ),
                ),
            ],
            options={"db_table": "ledger_anchor"},
        ),
        migrations.RunSQL(GUARDS),
    ]
