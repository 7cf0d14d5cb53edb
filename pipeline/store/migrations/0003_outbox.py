"""Deliveries by the month, an outbox beside them, and what many senders share.

`delivery` is rewritten three times while a letter is sent. As long as no index names what changes, those rewrites stay
on the page (HOT); so the index of what is due is a table of its own, which triggers keep (docs/engine.md).
"""

import django.db.models.deletion
from django.db import migrations, models

import pipeline.core.delivery.lifecycle

# Partitions are made beside the table and then attached: nobody who sends has to wait for that.
PERIODS = """
CREATE FUNCTION make_period(first date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    kept text;
    part text;
    following date := (first + interval '1 month')::date;
BEGIN
    IF first <> date_trunc('month', first)::date THEN
        RAISE EXCEPTION 'a period is the first day of a month, not %', first;
    END IF;
    IF to_regclass('delivery_' || to_char(first, 'YYYY_MM')) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(7368655);
    FOREACH kept IN ARRAY ARRAY['attempt', 'delivery'] LOOP
        part := kept || '_' || to_char(first, 'YYYY_MM');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL, CHECK (period >= %L AND period < %L))',
                           part, kept, first, following);
            IF kept = 'delivery' THEN
                -- Rows are rewritten a few times each and then rest: room on the page keeps the rewrites there.
                EXECUTE format('ALTER TABLE %I SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02)', part);
            END IF;
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                           kept, part, first, following);
        END IF;
    END LOOP;
END $$;
"""

TABLES = """
DROP TRIGGER delivery_edges ON delivery;
ALTER TABLE delivery RENAME TO delivery_before;
ALTER TABLE attempt RENAME TO attempt_before;
CREATE SEQUENCE delivery_number;
CREATE SEQUENCE attempt_number;
CREATE TABLE delivery (
    id bigint NOT NULL DEFAULT nextval('delivery_number'),
    period date NOT NULL,
    uid uuid NOT NULL,
    stream varchar(12) NOT NULL,
    mailing_id bigint,
    confirmation_id bigint,
    test_send_id bigint,
    subscriber_id bigint,
    address_key bytea NOT NULL,
    state smallint NOT NULL DEFAULT 0 CHECK (state >= 0),
    cause varchar(20) NOT NULL DEFAULT '',
    reason varchar(30) NOT NULL DEFAULT '',
    consent_event_id bigint,
    attempt_no smallint NOT NULL DEFAULT 0,
    ambiguous_attempts smallint NOT NULL DEFAULT 0,
    crashes smallint NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    lease_token uuid,
    lease_until timestamptz,
    intent_at timestamptz,
    done_at timestamptz,
    route varchar(30) NOT NULL DEFAULT '',
    code smallint,
    enhanced varchar(12) NOT NULL DEFAULT '',
    reply text NOT NULL DEFAULT '',
    CONSTRAINT delivery_key PRIMARY KEY (id, period),
    CONSTRAINT one_delivery_a_uid UNIQUE (uid, period),
    CONSTRAINT delivery_is_one_letter CHECK (
        (stream = 'newsletter' AND mailing_id IS NOT NULL AND confirmation_id IS NULL AND test_send_id IS NULL)
        OR (stream = 'confirmation' AND mailing_id IS NULL AND confirmation_id IS NOT NULL AND test_send_id IS NULL)
        OR (stream = 'test' AND mailing_id IS NULL AND confirmation_id IS NULL AND test_send_id IS NOT NULL))
) PARTITION BY RANGE (period);
ALTER SEQUENCE delivery_number OWNED BY delivery.id;
CREATE TABLE attempt (
    id bigint NOT NULL DEFAULT nextval('attempt_number'),
    period date NOT NULL,
    delivery_id bigint NOT NULL,
    at timestamptz NOT NULL,
    attempt_no smallint NOT NULL,
    route varchar(30) NOT NULL DEFAULT '',
    stage varchar(12) NOT NULL,
    verdict varchar(12) NOT NULL,
    cause varchar(20) NOT NULL DEFAULT '',
    code smallint,
    reply text NOT NULL DEFAULT '',
    CONSTRAINT attempt_key PRIMARY KEY (id, period)
) PARTITION BY RANGE (period);
ALTER SEQUENCE attempt_number OWNED BY attempt.id;
"""

# Each delivery's period: see store/periods.py.
MOVE = """
DO $$
DECLARE month date;
BEGIN
    FOR month IN SELECT DISTINCT date_trunc('month', moment AT TIME ZONE 'UTC')::date
                   FROM (SELECT coalesce(CASE WHEN c.mode = 'course' THEN e.joined_at ELSE m.opened_at END, d.created_at)
                           FROM delivery_before d
                           LEFT JOIN mailing m ON m.id = d.mailing_id LEFT JOIN campaign c ON c.id = m.campaign_id
                           LEFT JOIN enrolment e ON e.campaign_id = c.id AND e.subscriber_id = d.subscriber_id
                         UNION ALL SELECT now()) was(moment)
    LOOP
        PERFORM make_period(month);
    END LOOP;
END $$;
INSERT INTO delivery (id, period, uid, stream, mailing_id, confirmation_id, test_send_id, subscriber_id, address_key,
                      state, cause, reason, consent_event_id, attempt_no, ambiguous_attempts, next_attempt_at,
                      expires_at, created_at, lease_token, lease_until, intent_at, done_at, code, enhanced, reply)
SELECT d.id, date_trunc('month', coalesce(CASE WHEN c.mode = 'course' THEN e.joined_at ELSE m.opened_at END,
                                          d.created_at) AT TIME ZONE 'UTC')::date,
       d.uid, d.stream, d.mailing_id, d.confirmation_id, d.test_send_id, d.subscriber_id, d.address_key,
       d.state, d.cause, d.reason, d.consent_event_id, d.attempt_no, d.ambiguous_attempts, d.next_attempt_at,
       d.expires_at, d.created_at, d.lease_token, d.lease_until, d.intent_at, d.done_at, d.code, d.enhanced, d.reply
  FROM delivery_before d
  LEFT JOIN mailing m ON m.id = d.mailing_id LEFT JOIN campaign c ON c.id = m.campaign_id
  LEFT JOIN enrolment e ON e.campaign_id = c.id AND e.subscriber_id = d.subscriber_id;
INSERT INTO attempt (period, delivery_id, at, attempt_no, stage, verdict, cause, code, reply)
SELECT d.period, a.delivery_id, a.at, a.attempt_no, a.stage, a.verdict, a.cause, a.code, a.reply
  FROM attempt_before a JOIN delivery d ON d.id = a.delivery_id WHERE a.verdict <> 'accepted' ORDER BY a.id;
INSERT INTO outbox (delivery_id, period, mailing_id, next_attempt_at, waiting)
SELECT id, period, mailing_id, next_attempt_at, state = 0 FROM delivery WHERE state < 10;
SELECT setval('delivery_number', coalesce((SELECT max(id) FROM delivery), 1));
DROP TABLE attempt_before;
DROP TABLE delivery_before;
"""

KEYS = """
ALTER TABLE delivery ADD CONSTRAINT one_delivery_a_subscriber UNIQUE (mailing_id, subscriber_id, period);
ALTER TABLE delivery ADD CONSTRAINT one_delivery_a_mailbox UNIQUE (mailing_id, address_key, period);
ALTER TABLE delivery ADD CONSTRAINT delivery_confirmation FOREIGN KEY (confirmation_id) REFERENCES confirmation (id);
ALTER TABLE delivery ADD CONSTRAINT delivery_test_send FOREIGN KEY (test_send_id) REFERENCES test_send (id);
CREATE INDEX delivery_of_subscriber ON delivery (subscriber_id);
CREATE INDEX attempt_of_delivery ON attempt (delivery_id, id);
"""

# The moves of pipeline.core.delivery.lifecycle, where the numbers have names; a test compares the two pair by pair.
EDGES = """
CREATE TRIGGER delivery_edges BEFORE UPDATE OF state ON delivery FOR EACH ROW
    -- from and to as one number each, 100 times the one and the other: PostgreSQL looks those up in a hash
    WHEN (OLD.state <> NEW.state AND 100 * OLD.state + NEW.state NOT IN (
        1, 13, 14, 15,
        100, 102, 112, 113, 114, 115, 116,
        200, 203, 210, 212,
        300, 310, 311, 316,
        1110,
        1610))
    EXECUTE FUNCTION refuse_edge();
"""

# One statement, one call. The plans look deliveries up one by one in the outbox, whatever they held when first made.
OUTBOX = """
CREATE FUNCTION outbox_takes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (delivery_id, period, mailing_id, next_attempt_at, waiting)
    SELECT id, period, mailing_id, next_attempt_at, state = 0 FROM fresh WHERE state < 10;
    RETURN NULL;
END $$;
CREATE FUNCTION outbox_follows() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    -- From leased to sending, or a change of something else while it is sent: the outbox says nothing of that.
    PERFORM 1 FROM changed WHERE state <> 2 LIMIT 1;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    DELETE FROM outbox o USING changed n WHERE o.delivery_id = n.id AND n.state >= 10;
    UPDATE outbox o SET waiting = (n.state = 0), next_attempt_at = n.next_attempt_at
      FROM changed n
     WHERE o.delivery_id = n.id AND n.state < 10
       AND (o.waiting <> (n.state = 0) OR o.next_attempt_at <> n.next_attempt_at);
    RETURN NULL;
END $$;
CREATE FUNCTION outbox_forgets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM outbox o USING gone g WHERE o.delivery_id = g.id;
    RETURN NULL;
END $$;
CREATE TRIGGER delivery_into_outbox AFTER INSERT ON delivery REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_takes();
CREATE TRIGGER delivery_in_outbox AFTER UPDATE ON delivery REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_follows();
CREATE TRIGGER delivery_from_outbox AFTER DELETE ON delivery REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_forgets();
ALTER TABLE outbox SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
"""

MAILING_KEEPS = """
CREATE FUNCTION refuse_delete_of_mailing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM delivery WHERE mailing_id = OLD.id) THEN
        RAISE EXCEPTION 'mailing % has deliveries and stays', OLD.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER mailing_keeps BEFORE DELETE ON mailing FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_mailing();
CREATE FUNCTION refuse_delete_of_subscriber() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM delivery WHERE subscriber_id = OLD.id) THEN
        RAISE EXCEPTION 'subscriber % has deliveries and stays', OLD.id USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER subscriber_keeps BEFORE DELETE ON subscriber
    FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_subscriber();
"""

# This database is one that may send. Its uid also stands in the data folder, so that a copy is known as one (B8).
INSTANCE = """
INSERT INTO instance (id, uid, epoch, sending_enabled, changed_at) VALUES (1, gen_random_uuid(), 1, true, now())
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name='Outbox',
            fields=[
                ('delivery_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('period', models.DateField()),
                ('mailing_id', models.BigIntegerField(null=True)),
                ('next_attempt_at', models.DateTimeField()),
                ('waiting', models.BooleanField()),
            ],
            options={
                'db_table': 'outbox',
                'indexes': [models.Index(condition=models.Q(('waiting', True)), fields=['mailing_id', 'next_attempt_at', 'delivery_id'], name='outbox_due'), models.Index(condition=models.Q(('waiting', False)), fields=['mailing_id'], name='outbox_in_hand')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='DeliveryEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('delivery_id', models.BigIntegerField(null=True)),
                ('period', models.DateField(null=True)),
                ('delivery_uid', models.UUIDField(null=True)),
                ('subscriber_id', models.BigIntegerField(null=True)),
                ('mailing_id', models.BigIntegerField(null=True)),
                ('kind', models.CharField(max_length=20)),
                ('source', models.CharField(max_length=40)),
                ('external_id', models.CharField(max_length=200)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('code', models.PositiveSmallIntegerField(null=True)),
                ('enhanced', models.CharField(default='', max_length=12)),
                ('detail', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'delivery_event',
                'indexes': [models.Index(fields=['delivery_id'], name='event_of_delivery'), models.Index(fields=['subscriber_id', 'occurred_at'], name='event_of_subscriber'), models.Index(fields=['mailing_id', 'kind'], name='event_of_mailing')],
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='one_event_a_report')],
            },
        ),
        migrations.CreateModel(
            name='QuarantinedReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40)),
                ('received_at', models.DateTimeField()),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('why', models.CharField(max_length=200)),
                ('raw', models.BinaryField()),
            ],
            options={
                'db_table': 'quarantined_report',
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Sender',
            fields=[
                ('token', models.UUIDField(primary_key=True, serialize=False)),
                ('host', models.CharField(max_length=255)),
                ('boot_id', models.CharField(max_length=64)),
                ('route', models.CharField(max_length=30)),
                ('started_at', models.DateTimeField()),
                ('beat', models.BigIntegerField(db_default=0, default=0)),
                ('beat_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'sender',
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['started_at'], name='sender_at_work')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Instance',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('uid', models.UUIDField()),
                ('epoch', models.PositiveIntegerField(default=1)),
                ('sending_enabled', models.BooleanField(default=True)),
                ('reason', models.CharField(db_default='', default='', max_length=300)),
                ('changed_by', models.CharField(db_default='', default='', max_length=150)),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'instance',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_instance')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Route',
            fields=[
                ('name', models.CharField(max_length=30, primary_key=True, serialize=False)),
                ('rate', models.FloatField(null=True)),
                ('burst', models.FloatField(db_default=0, default=0)),
                ('tokens', models.FloatField(db_default=0, default=0)),
                ('refilled_at', models.DateTimeField(null=True)),
                ('factor', models.FloatField(db_default=1, default=1)),
                ('blocked_until', models.DateTimeField(null=True)),
                ('blocked_because', models.TextField(db_default='', default='')),
                ('failures', models.PositiveIntegerField(db_default=0, default=0)),
            ],
            options={
                'db_table': 'route',
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='RouteTally',
            fields=[
                ('pk', models.CompositePrimaryKey('route', 'minute', blank=True, editable=False, primary_key=True, serialize=False)),
                ('route', models.CharField(max_length=30)),
                ('minute', models.DateTimeField()),
                ('accepted', models.PositiveIntegerField(db_default=0, default=0)),
                ('deferred', models.PositiveIntegerField(db_default=0, default=0)),
                ('refused', models.PositiveIntegerField(db_default=0, default=0)),
                ('unknown', models.PositiveIntegerField(db_default=0, default=0)),
            ],
            options={
                'db_table': 'route_tally',
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='DomainPace',
            fields=[
                ('domain', models.CharField(max_length=255, primary_key=True, serialize=False)),
                ('rate', models.FloatField(null=True)),
                ('burst', models.FloatField(db_default=0, default=0)),
                ('tokens', models.FloatField(db_default=0, default=0)),
                ('refilled_at', models.DateTimeField(null=True)),
                ('factor', models.FloatField(db_default=1, default=1)),
                ('blocked_until', models.DateTimeField(null=True)),
                ('blocked_because', models.TextField(db_default='', default='')),
            ],
            options={
                'db_table': 'domain_pace',
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(max_length=40)),
                ('subject', models.CharField(max_length=200)),
                ('sentence', models.TextField()),
                ('cleared_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'alert',
                'constraints': [models.UniqueConstraint(condition=models.Q(('cleared_at', None)), fields=('kind', 'subject'), name='one_open_alert')],
                'indexes': [],
            },
        ),
        migrations.AddField("mailing", "kept_counts", models.JSONField(null=True)),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(PERIODS),
                migrations.RunSQL(TABLES),
                migrations.RunSQL(MOVE),
                migrations.RunSQL(KEYS),
                migrations.RunSQL(EDGES),
                migrations.RunSQL(OUTBOX),
                migrations.RunSQL(MAILING_KEEPS),
                migrations.RunSQL(INSTANCE),
            ],
            state_operations=[
                migrations.DeleteModel("Attempt"),
                migrations.DeleteModel("Delivery"),
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('period', models.DateField()),
                        ('uid', models.UUIDField()),
                        ('stream', models.CharField(max_length=12)),
                        ('mailing', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='store.mailing')),
                        ('confirmation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='store.confirmation')),
                        ('test_send', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='store.testsend')),
                        ('subscriber', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='store.subscriber')),
                        ('address_key', models.BinaryField(max_length=32)),
                        ('state', models.PositiveSmallIntegerField(default=pipeline.core.delivery.lifecycle.DeliveryState['QUEUED'])),
                        ('cause', models.CharField(db_default='', default='', max_length=20)),
                        ('reason', models.CharField(db_default='', default='', max_length=30)),
                        ('consent_event_id', models.BigIntegerField(null=True)),
                        ('attempt_no', models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ('ambiguous_attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ('crashes', models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ('next_attempt_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('created_at', models.DateTimeField()),
                        ('lease_token', models.UUIDField(null=True)),
                        ('lease_until', models.DateTimeField(null=True)),
                        ('intent_at', models.DateTimeField(null=True)),
                        ('done_at', models.DateTimeField(null=True)),
                        ('route', models.CharField(db_default='', default='', max_length=30)),
                        ('code', models.PositiveSmallIntegerField(null=True)),
                        ('enhanced', models.CharField(db_default='', default='', max_length=12)),
                        ('reply', models.TextField(db_default='', default='')),
                    ],
                    options={
                        'db_table': 'delivery',
                        'constraints': [models.UniqueConstraint(fields=('uid', 'period'), name='one_delivery_a_uid'), models.UniqueConstraint(fields=('mailing', 'subscriber', 'period'), name='one_delivery_a_subscriber'), models.UniqueConstraint(fields=('mailing', 'address_key', 'period'), name='one_delivery_a_mailbox'), models.CheckConstraint(condition=models.Q(models.Q(('confirmation', None), ('mailing__isnull', False), ('stream', 'newsletter'), ('test_send', None)), models.Q(('confirmation__isnull', False), ('mailing', None), ('stream', 'confirmation'), ('test_send', None)), models.Q(('confirmation', None), ('mailing', None), ('stream', 'test'), ('test_send__isnull', False)), _connector='OR'), name='delivery_is_one_letter')],
                        'indexes': [],
                    },
                ),
                migrations.CreateModel(
                    name='Attempt',
                    fields=[
                        ('id', models.BigAutoField(primary_key=True, serialize=False)),
                        ('period', models.DateField()),
                        ('delivery_id', models.BigIntegerField()),
                        ('at', models.DateTimeField()),
                        ('attempt_no', models.PositiveSmallIntegerField()),
                        ('route', models.CharField(default='', max_length=30)),
                        ('stage', models.CharField(max_length=12)),
                        ('verdict', models.CharField(max_length=12)),
                        ('cause', models.CharField(default='', max_length=20)),
                        ('code', models.PositiveSmallIntegerField(null=True)),
                        ('reply', models.TextField(default='')),
                    ],
                    options={
                        'db_table': 'attempt',
                        'indexes': [models.Index(fields=['delivery_id', 'id'], name='attempt_of_delivery')],
                        'constraints': [],
                    },
                ),
            ],
        ),
    ]
