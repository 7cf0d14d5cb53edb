from django.db import models

from pipeline.store.models.consent import Purpose


class Party(models.Model):
    """Who has to do with people's details (`core.consent.party`). INSERT only: other particulars are a new version."""

    party_id = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    role = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=400)
    email = models.CharField(max_length=254, default="", blank=True)
    url = models.CharField(max_length=300, default="", blank=True)
    phone = models.CharField(max_length=60, default="", blank=True)
    company_number = models.CharField(max_length=60, default="", blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "party"
        constraints = [
            models.UniqueConstraint(fields=["party_id", "version"], name="one_party_a_version"),
            models.CheckConstraint(
                name="party_has_a_role",
                condition=models.Q(role__in=["controller", "processor", "authority"]),
            ),
        ]


class PurposeVersion(models.Model):
    """What a yes is a yes to (`core.consent.purpose`). INSERT only.

    Parties are named as `[party_id, version]`.
    """

    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    description = models.TextField()
    cadence = models.CharField(max_length=60)
    cadence_max_days = models.PositiveSmallIntegerField()
    purpose_type = models.CharField(max_length=300)
    legal_basis = models.CharField(max_length=20)
    special_category = models.BooleanField()
    consent_type = models.CharField(max_length=30)
    pii_types = models.JSONField()
    controllers = models.JSONField()
    recipients = models.JSONField()
    storage_locations = models.JSONField()
    processing_locations = models.JSONField()
    transfer_safeguard = models.TextField(default="", blank=True)
    retention = models.CharField(max_length=20)  # ISO 8601
    valid_for = models.CharField(max_length=20)  # ISO 8601
    jurisdiction = models.CharField(max_length=2)
    withdrawal_methods = models.JSONField()
    rights_url = models.CharField(max_length=300)
    complaint_url = models.CharField(max_length=300)
    authority = models.JSONField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "purpose_version"
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="one_description_a_purpose_version"),
            models.CheckConstraint(
                name="health_needs_an_explicit_yes",  # C-27
                condition=models.Q(special_category=False)
                | models.Q(legal_basis="A9-2-a", consent_type="explicitly_expressed"),
            ),
            models.CheckConstraint(
                name="purpose_rests_on_consent", condition=models.Q(legal_basis__in=["A6-1-a", "A9-2-a"])
            ),
        ]


class ConsentWalk(models.Model):
    """How far today's walk along a list has come, which looks for yeses that end, or that are outdated."""

    purpose = models.OneToOneField(Purpose, on_delete=models.PROTECT, primary_key=True)
    day = models.DateField(null=True)  # null: it begins anew
    cursor = models.BigIntegerField(default=0)  # the last subscription that was looked at
    ended = models.BooleanField(default=False)
    ask_until = models.DateTimeField(
        null=True
    )  # yeses that end by then are asked for, earlier than they would be

    class Meta:
        db_table = "consent_walk"
