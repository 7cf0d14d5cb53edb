"""What happened to an article on its way to a reader, and what was found wrong after that: reviews, faults, corrections."""

import django.db.models.deletion
from django.db import migrations, models


GUARDED = (
    "review_event",
    "signed_letter",
    "fault",
    "fault_answer",
    "replacement",
    "faulty_copy",
    "carried_out",
)
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

# A signature is on exactly these words, whatever the code above does.
SIGNED_WORDS = """
CREATE FUNCTION refuse_foreign_signature() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.content_sha256 <> (SELECT digest FROM article_revision WHERE id = NEW.revision_id) THEN
        RAISE EXCEPTION 'a sign-off names the digest of the words that it is about' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sign_off_words BEFORE INSERT ON sign_off FOR EACH ROW EXECUTE FUNCTION refuse_foreign_signature();
ALTER TABLE sign_off ENABLE ALWAYS TRIGGER sign_off_words;
"""
UNSIGNED_WORDS = "DROP TRIGGER sign_off_words ON sign_off; DROP FUNCTION refuse_foreign_signature();"

# Until now the order of the rows said what happened: an import, a signature.
SO_FAR = """
INSERT INTO review_event (article_id, revision_id, kind, sign_off_id, remarks, member, at)
SELECT article_id, revision_id, kind, sign_off_id, '', member, at FROM (
    SELECT article_id, id AS revision_id, 'edited' AS kind, NULL::bigint AS sign_off_id, '' AS member,
           created_at AS at, id AS place
      FROM article_revision
     UNION ALL
    SELECT r.article_id, r.id, 'signed', g.id, g.member, greatest(g.signed_at, r.created_at), r.id
      FROM sign_off g JOIN article_revision r ON r.id = g.revision_id AND r.digest = g.content_sha256) every
 ORDER BY place, at, sign_off_id NULLS FIRST;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0020_locks'),
    ]

    operations = [
        migrations.CreateModel(
            name='CarriedOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'carried_out',
            },
        ),
        migrations.CreateModel(
            name='Fault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('member', models.CharField(max_length=150)),
                ('marked_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'fault',
            },
        ),
        migrations.CreateModel(
            name='FaultAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('wrong', models.TextField(default='')),
                ('right', models.TextField(default='')),
                ('member', models.CharField(max_length=150)),
                ('answered_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'fault_answer',
            },
        ),
        migrations.CreateModel(
            name='FaultyCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailing_id', models.BigIntegerField()),
                ('delivery_id', models.BigIntegerField()),
                ('certain', models.BooleanField()),
            ],
            options={
                'db_table': 'faulty_copy',
            },
        ),
        migrations.CreateModel(
            name='Replacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'db_table': 'replacement',
            },
        ),
        migrations.CreateModel(
            name='ReviewEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=12)),
                ('remarks', models.TextField(default='')),
                ('member', models.CharField(max_length=150)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'review_event',
            },
        ),
        migrations.CreateModel(
            name='SignedLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_sha256', models.CharField(max_length=64)),
            ],
            options={
                'db_table': 'signed_letter',
            },
        ),
        migrations.RemoveConstraint(
            model_name='issuerevision',
            name='one_issue_revision_a_digest',
        ),
        migrations.AddField(
            model_name='issuerevision',
            name='kind',
            field=models.CharField(db_default='issue', default='issue', max_length=12),
        ),
        migrations.AddField(
            model_name='mailing',
            name='waits_for',
            field=models.CharField(db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='mailing',
            name='waits_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='signoff',
            name='decisions',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='signoff',
            name='member',
            field=models.CharField(default='', max_length=150),
        ),
        migrations.AddConstraint(
            model_name='issuerevision',
            constraint=models.UniqueConstraint(fields=('issue', 'content_sha256', 'article_revision'), name='one_issue_revision_a_digest'),
        ),
        migrations.AddField(
            model_name='fault',
            name='article_revision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='faults', to='store.articlerevision'),
        ),
        migrations.AddField(
            model_name='fault',
            name='issue',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.issue'),
        ),
        migrations.AddField(
            model_name='mailing',
            name='fault',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.fault'),
        ),
        migrations.AddField(
            model_name='faultanswer',
            name='article_revision',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.articlerevision'),
        ),
        migrations.AddField(
            model_name='faultanswer',
            name='fault',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='store.fault'),
        ),
        migrations.AddField(
            model_name='carriedout',
            name='answer',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='carried_out', to='store.faultanswer'),
        ),
        migrations.AddField(
            model_name='faultycopy',
            name='fault',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.fault'),
        ),
        migrations.AddField(
            model_name='faultycopy',
            name='issue_revision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.issuerevision'),
        ),
        migrations.AddField(
            model_name='faultycopy',
            name='series',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.series'),
        ),
        migrations.AddField(
            model_name='faultycopy',
            name='subscriber',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to='store.subscriber'),
        ),
        migrations.AddField(
            model_name='replacement',
            name='answer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replacements', to='store.faultanswer'),
        ),
        migrations.AddField(
            model_name='replacement',
            name='faulty',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='store.issuerevision'),
        ),
        migrations.AddField(
            model_name='replacement',
            name='letter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='store.issuerevision'),
        ),
        migrations.AddField(
            model_name='replacement',
            name='right',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='store.issuerevision'),
        ),
        migrations.AddField(
            model_name='reviewevent',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_events', to='store.article'),
        ),
        migrations.AddField(
            model_name='reviewevent',
            name='revision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.articlerevision'),
        ),
        migrations.AddField(
            model_name='reviewevent',
            name='sign_off',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='store.signoff'),
        ),
        migrations.AddField(
            model_name='signedletter',
            name='revision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='store.issuerevision'),
        ),
        migrations.AddField(
            model_name='signedletter',
            name='sign_off',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='store.signoff'),
        ),
        migrations.AddConstraint(
            model_name='fault',
            constraint=models.UniqueConstraint(fields=('article_revision', 'issue'), name='one_fault_a_version', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='faultanswer',
            constraint=models.UniqueConstraint(fields=('fault', 'kind'), name='one_answer_of_a_kind'),
        ),
        migrations.AddIndex(
            model_name='faultycopy',
            index=models.Index(fields=['fault', 'series', 'subscriber'], name='faulty_copy_of_reader'),
        ),
        migrations.AddIndex(
            model_name='faultycopy',
            index=models.Index(fields=['delivery_id'], name='faulty_copy_of_delivery'),
        ),
        migrations.AddConstraint(
            model_name='faultycopy',
            constraint=models.UniqueConstraint(fields=('fault', 'delivery_id'), name='one_copy_a_delivery'),
        ),
        migrations.AddConstraint(
            model_name='replacement',
            constraint=models.UniqueConstraint(fields=('answer', 'faulty'), name='one_replacement_a_version'),
        ),
        migrations.AddIndex(
            model_name='reviewevent',
            index=models.Index(condition=models.Q(('kind__in', ['signed', 'withdrawn'])), fields=['revision', '-id'], name='review_of_revision'),
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
        migrations.RunSQL(SIGNED_WORDS, UNSIGNED_WORDS),
        migrations.RunSQL(SO_FAR, migrations.RunSQL.noop),  # last: rows that wait for a check bar a change of tables
    ]
