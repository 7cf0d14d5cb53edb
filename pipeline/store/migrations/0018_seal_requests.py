"""What people wrote in requests under the law, and were answered, goes under seal (standards C-18, S-17).

Under the key of the subject, so that it goes with the person, and under this installation's where a request is of
nobody we know. Where no request exists no key is asked for: a machine that is set up may have no secret yet.
"""

import json

from django.db import migrations, models, transaction

from pipeline.store import sealing

BATCH = 2_000

COLUMNS = """
ALTER TABLE rights_request ADD COLUMN IF NOT EXISTS sealed_words jsonb NOT NULL DEFAULT '{}',
                           ADD COLUMN IF NOT EXISTS sealed_answer jsonb NOT NULL DEFAULT '{}';
"""

PLAIN = """
SELECT r.id, r.uid, r.words, r.answer, s.uid, s.wrapped_key
  FROM rights_request r LEFT JOIN subscriber s ON s.id = r.subscriber_id
 WHERE r.words <> '' OR r.answer <> '' ORDER BY r.id LIMIT %s FOR NO KEY UPDATE OF r
"""

# What is sealed is emptied in the same row: a column that is dropped stays in the file until its row is written anew.
SEALED = """
UPDATE rights_request r SET sealed_words = n.words::jsonb, sealed_answer = n.answer::jsonb, words = '', answer = ''
  FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS n(id, words, answer)
 WHERE r.id = n.id
"""


def seal_requests(apps, schema_editor):
    """In batches, each of which commits: whoever is interrupted goes on where they were."""
    if _plain(schema_editor.connection):
        while _seal_batch(schema_editor.connection):
            pass


def drop_what_is_sealed(apps, schema_editor):
    """Nobody writes a request meanwhile, so that the last one is sealed too."""
    if not _plain(schema_editor.connection):
        return
    with transaction.atomic(), schema_editor.connection.cursor() as cursor:
        cursor.execute("LOCK TABLE rights_request IN ACCESS EXCLUSIVE MODE")
        while _seal_batch(schema_editor.connection):
            pass
        cursor.execute("ALTER TABLE rights_request DROP COLUMN words, DROP COLUMN answer")


def _plain(connection):
    """Whether the columns are still there: whoever died after they were dropped has nothing left to do."""
    with connection.cursor() as cursor:
        names = [column.name for column in connection.introspection.get_table_description(cursor, "rights_request")]
    return "words" in names


def _seal_batch(connection):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PLAIN, [BATCH])
        rows = cursor.fetchall()
        sealed = [(row[0], *_sealed(*row[1:])) for row in rows]
        if sealed:
            cursor.execute(SEALED, [list(column) for column in zip(*sealed, strict=True)])
    return len(rows)


def _sealed(request, words, answer, person, wrapped_key):
    of = None if person is None else sealing.Subject(person, wrapped_key)
    return [
        json.dumps(sealing.seal_words(of, request, name, text)) for name, text in (("words", words), ("answer", answer))
    ]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("store", "0017_ask_early")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(COLUMNS),
                migrations.RunPython(seal_requests),
                migrations.RunPython(drop_what_is_sealed),
            ],
            state_operations=[
                migrations.RemoveField("rightsrequest", "words"),
                migrations.RemoveField("rightsrequest", "answer"),
                migrations.AddField("rightsrequest", "sealed_words", models.JSONField(default=dict, db_default={})),
                migrations.AddField("rightsrequest", "sealed_answer", models.JSONField(default=dict, db_default={})),
            ],
        ),
    ]
