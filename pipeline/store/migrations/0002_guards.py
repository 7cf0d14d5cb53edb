"""The promises that the database itself keeps, whatever the code above it does."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""

# ENABLE ALWAYS: a plain trigger is skipped under session_replication_role = replica (delivery.md B9).
GUARDED = ["consent_event", "notice_version", "issue_revision", "article_revision", "sign_off"]
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

LEDGER_TIME = """
CREATE FUNCTION stamp_consent_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.recorded_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER consent_event_stamp BEFORE INSERT ON consent_event FOR EACH ROW EXECUTE FUNCTION stamp_consent_event();
ALTER TABLE consent_event ENABLE ALWAYS TRIGGER consent_event_stamp;
"""

# The moves of pipeline.core.delivery.lifecycle, where the numbers have names; a test compares the two pair by pair.
DELIVERY_EDGES = """
CREATE FUNCTION refuse_edge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'delivery %: state % may not become %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER delivery_edges BEFORE UPDATE OF state ON delivery FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
        (0,1), (0,13), (0,14), (0,15),
        (1,0), (1,2), (1,12), (1,13), (1,14), (1,15), (1,16),
        (2,0), (2,3), (2,10), (2,12),
        (3,0), (3,10), (3,11), (3,16),
        (11,10),
        (16,10)))
    EXECUTE FUNCTION refuse_edge();
"""

FINISHED_IS_FINISHED = """
CREATE FUNCTION refuse_early_finish() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM delivery WHERE mailing_id = NEW.id AND state IN (0, 1, 2, 3)) THEN
        RAISE EXCEPTION 'mailing % still has deliveries under way', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mailing_finish BEFORE UPDATE OF state ON mailing FOR EACH ROW
    WHEN (NEW.state = 'finished' AND OLD.state <> 'finished') EXECUTE FUNCTION refuse_early_finish();
"""

# Rows are rewritten a few times each and then rest: room on the page keeps the updates off the indexes.
STORAGE = "ALTER TABLE delivery SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);"


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION refuse_change"),
        migrations.RunSQL(GUARDS, UNGUARD),
        migrations.RunSQL(LEDGER_TIME, "DROP TRIGGER consent_event_stamp ON consent_event; DROP FUNCTION stamp_consent_event"),
        migrations.RunSQL(DELIVERY_EDGES, "DROP TRIGGER delivery_edges ON delivery; DROP FUNCTION refuse_edge"),
        migrations.RunSQL(
            FINISHED_IS_FINISHED, "DROP TRIGGER mailing_finish ON mailing; DROP FUNCTION refuse_early_finish"
        ),
        migrations.RunSQL(STORAGE, "ALTER TABLE delivery RESET (fillfactor, autovacuum_vacuum_scale_factor)"),
    ]
