from django.conf import settings
from django.db import models


class MemberRole(models.Model):
    """A role that a member has. Who gave and took it stands in the audit log."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=30)  # core.people.powers.Role

    class Meta:
        db_table = "member_role"
        constraints = [models.UniqueConstraint(fields=["member", "role"], name="one_role_a_member")]


class Proposal(models.Model):
    """Something that two people do (core.people.proposal). INSERT only."""

    kind = models.CharField(max_length=30)
    parameters = models.JSONField()
    digest = models.BinaryField(max_length=32)
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "proposal"
        indexes = [models.Index(fields=["kind", "digest"], name="proposal_of_digest")]


class ProposalDecision(models.Model):
    """What was decided about a proposal. INSERT only; the database refuses who approves their own."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=10)
    decided_by = models.CharField(max_length=150)
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "proposal_decision"
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"],
                condition=models.Q(outcome__in=["approved", "declined"]),
                name="one_verdict_a_proposal",
            ),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=models.Q(outcome__in=["declined", "used", "void"]),
                name="one_end_a_proposal",
            ),
        ]


class AuditEvent(models.Model):
    """A line of the audit log (core.people.audit). INSERT only, each with the hash of the one before it."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    event = models.CharField(max_length=60)
    member = models.CharField(max_length=150)
    about = models.CharField(max_length=200)
    outcome = models.CharField(max_length=30)
    network = models.CharField(max_length=50)
    request_id = models.CharField(max_length=40)
    detail = models.JSONField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "audit_event"
        indexes = [
            models.Index(fields=["member", "seq"], name="audit_of_member"),
            models.Index(fields=["about", "seq"], name="audit_of_subject"),
            models.Index(fields=["at"], name="audit_of_moment"),
        ]
