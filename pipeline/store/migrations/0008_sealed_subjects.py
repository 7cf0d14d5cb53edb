"""Address and given name under a key for each subject (standards C-18, S-17), and the forms of sign-ups with them.

The entries of the ledger stay as they are: their guards forbid a change, and the seals over them would break. Evidence
that was written before this migration stays readable, also after an erasure (docs/decisions/0017).
"""

import json

from django.db import migrations, models, transaction

from pipeline.store import sealing

BATCH = 5_000

COLUMNS = """
ALTER TABLE subscriber ADD COLUMN IF NOT EXISTS wrapped_key bytea NULL,
                       ADD COLUMN IF NOT EXISTS sealed_address bytea NULL,
                       ADD COLUMN IF NOT EXISTS sealed_name bytea NULL;
"""

# What is sealed is emptied in the same row: a column that is dropped stays in the file until its row is written anew.
PERSON = """
UPDATE subscriber s SET wrapped_key = n.wrapped_key, sealed_address = n.address, sealed_name = n.name,
                        address = '', given_name = ''
  FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[], %s::bytea[]) AS n(id, wrapped_key, address, name)
 WHERE s.id = n.id
"""

FORMS = """
SELECT f.id, f.uid, f.evidence, s.uid, s.wrapped_key FROM confirmation f JOIN subscriber s ON s.id = f.subscriber_id
 WHERE f.id > %s ORDER BY f.id LIMIT %s
"""


def seal_people(apps, schema_editor):
    """In batches, each of which commits: whoever is interrupted goes on where they were."""
    if not _plain(schema_editor.connection):
        return
    while _seal_batch(schema_editor.connection):
        pass
    after = 0
    while after is not None:
        after = _seal_forms(schema_editor.connection, after)


def _plain(connection):
    """Whether the columns are still there: whoever died after they were dropped has nothing left to do."""
    with connection.cursor() as cursor:
        names = [column.name for column in connection.introspection.get_table_description(cursor, "subscriber")]
    return "address" in names


def _seal_batch(connection):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, uid, address, given_name FROM subscriber WHERE wrapped_key IS NULL ORDER BY id LIMIT %s"
            " FOR NO KEY UPDATE",
            [BATCH],
        )
        rows = cursor.fetchall()
        people = [sealing.new_person(uid, address, name)[1] for _, uid, address, name in rows]
        cursor.execute(
            PERSON,
            [
                [row[0] for row in rows],
                [person.wrapped_key for person in people],
                [person.address for person in people],
                [person.name for person in people],
            ],
        )
    return len(rows)


def _seal_forms(connection, after):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORMS, [after, BATCH])
        rows = cursor.fetchall()
        for number, uid, evidence, person, wrapped_key in rows:
            said = json.loads(evidence)
            if said and said.keys() != {"sealed"}:
                sealed = sealing.seal_evidence(sealing.key_of(person, wrapped_key), person, uid, said)
                cursor.execute(
                    "UPDATE confirmation SET evidence = %s::jsonb WHERE id = %s", [json.dumps(sealed), number]
                )
    return rows[-1][0] if rows else None


def drop_what_is_sealed(apps, schema_editor):
    """Nobody writes a subscriber meanwhile, so that the last one is sealed too."""
    if not _plain(schema_editor.connection):
        return
    with transaction.atomic(), schema_editor.connection.cursor() as cursor:
        cursor.execute("LOCK TABLE subscriber IN ACCESS EXCLUSIVE MODE")
        while _seal_batch(schema_editor.connection):
            pass
        cursor.execute("ALTER TABLE subscriber DROP COLUMN address, DROP COLUMN given_name")


# Two things that a role which owns nothing needs (S-16): the lock in which the ledger gets its seals after it came from
# another server, and the table of a new month. Both run with the rights of whoever migrates, and do nothing else. They
# look into our schema first: somebody's temporary table of the same name would be taken otherwise.
FOR_ROLES = """
CREATE OR REPLACE FUNCTION hold_ledger() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
AS $$ BEGIN LOCK TABLE consent_event IN SHARE MODE; END $$;
ALTER FUNCTION make_period(date) SECURITY DEFINER;
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION hold_ledger() SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION make_period(date) SET search_path = %I, pg_temp', current_schema());
END $$;
REVOKE EXECUTE ON FUNCTION hold_ledger(), make_period(date) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("store", "0007_notes")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(COLUMNS),
                migrations.RunPython(seal_people),
                migrations.RunPython(drop_what_is_sealed),
            ],
            state_operations=[
                migrations.RemoveField("subscriber", "address"),
                migrations.RemoveField("subscriber", "given_name"),
                migrations.AddField("subscriber", "wrapped_key", models.BinaryField(null=True)),
                migrations.AddField("subscriber", "sealed_address", models.BinaryField(null=True)),
                migrations.AddField("subscriber", "sealed_name", models.BinaryField(null=True)),
            ],
        ),
        migrations.RunSQL(FOR_ROLES),
    ]
