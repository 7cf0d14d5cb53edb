"""Roles of members, proposals that a second person approves (S-14), and the audit log (S-15)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = "".join(
    f"""
CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_whole;
"""
    for table in ("proposal", "proposal_decision", "audit_event")
)

# Whatever the code above does: nobody approves their own, and nothing is used that nobody approved.
SECOND_PAIR = """
CREATE FUNCTION refuse_own_approval() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NEW.outcome = 'approved'
       AND NEW.decided_by = (SELECT proposed_by FROM proposal WHERE id = NEW.proposal_id) THEN
        RAISE EXCEPTION 'proposal %: nobody approves their own', NEW.proposal_id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.outcome = 'used' AND NOT EXISTS (
        SELECT 1 FROM proposal_decision WHERE proposal_id = NEW.proposal_id AND outcome = 'approved') THEN
        RAISE EXCEPTION 'proposal %: nobody has approved it', NEW.proposal_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposal_second_pair BEFORE INSERT ON proposal_decision FOR EACH ROW EXECUTE FUNCTION refuse_own_approval();
ALTER TABLE proposal_decision ENABLE ALWAYS TRIGGER proposal_second_pair;
"""

# A line comes after the last one and says when it came: none is slipped in between, and none is written for yesterday.
CHAIN = """
CREATE FUNCTION refuse_broken_chain() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    last record;
BEGIN
    SELECT seq, hash INTO last FROM audit_event ORDER BY seq DESC LIMIT 1;
    IF NEW.seq <> coalesce(last.seq, 0) + 1 OR NEW.previous <> coalesce(last.hash, decode(repeat('00', 32), 'hex')) THEN
        RAISE EXCEPTION 'audit line % does not follow line %', NEW.seq, coalesce(last.seq, 0)
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.at NOT BETWEEN clock_timestamp() - interval '1 minute' AND clock_timestamp() THEN
        RAISE EXCEPTION 'audit line %: the clock of the database says another time', NEW.seq
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_event_chain BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_broken_chain();
ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_chain;
"""

# Who could do everything keeps every role; any other member keeps what a member could do until now.
ROLES = """
INSERT INTO member_role (member_id, role)
SELECT u.id, r.role FROM auth_user u
  JOIN (VALUES ('editor', false), ('sender', false), ('clinical_reviewer', true), ('privacy_officer', true),
               ('admin', true)) AS r (role, of_admins) ON u.is_staff OR NOT r.of_admins;
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("store", "0009_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="MemberRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=30)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "member_role"},
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=30)),
                ("parameters", models.JSONField()),
                ("digest", models.BinaryField(max_length=32)),
                ("proposed_by", models.CharField(max_length=150)),
                ("proposed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "proposal",
                "indexes": [models.Index(fields=["kind", "digest"], name="proposal_of_digest")],
            },
        ),
        migrations.CreateModel(
            name="ProposalDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(max_length=10)),
                ("decided_by", models.CharField(max_length=150)),
                ("decided_at", models.DateTimeField()),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="store.proposal",
                    ),
                ),
            ],
            options={"db_table": "proposal_decision"},
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("event", models.CharField(max_length=60)),
                ("member", models.CharField(max_length=150)),
                ("about", models.CharField(max_length=200)),
                ("outcome", models.CharField(max_length=30)),
                ("network", models.CharField(max_length=50)),
                ("request_id", models.CharField(max_length=40)),
                ("detail", models.JSONField()),
                ("previous", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
            ],
            options={
                "db_table": "audit_event",
                "indexes": [
                    models.Index(fields=["member", "seq"], name="audit_of_member"),
                    models.Index(fields=["about", "seq"], name="audit_of_subject"),
                    models.Index(fields=["at"], name="audit_of_moment"),
                ],
            },
        ),
        migrations.AddConstraint(
            "memberrole", models.UniqueConstraint(fields=["member", "role"], name="one_role_a_member")
        ),
        migrations.AddConstraint(
            "proposaldecision",
            models.UniqueConstraint(
                fields=["proposal"],
                condition=models.Q(outcome__in=["approved", "declined"]),
                name="one_verdict_a_proposal",
            ),
        ),
        migrations.AddConstraint(
            "proposaldecision",
            models.UniqueConstraint(
                fields=["proposal"],
                condition=models.Q(outcome__in=["declined", "used", "void"]),
                name="one_end_a_proposal",
            ),
        ),
        migrations.RunSQL(GUARDS),
        migrations.RunSQL(SECOND_PAIR),
        migrations.RunSQL(CHAIN),
        migrations.RunSQL(ROLES, migrations.RunSQL.noop),
    ]
