from django.db import models
from django.db.models.functions import Now


class Purpose(models.Model):
    """What a subscriber may say yes to, e.g. `weekly_health_email`. Consent is always for one purpose (C-02)."""

    id = models.CharField(max_length=60, primary_key=True)
    title = models.CharField(max_length=120)
    cadence = models.CharField(max_length=60)
    cadence_max_days = models.PositiveSmallIntegerField()
    legal_basis = models.CharField(max_length=20, default="A6-1-a")

    class Meta:
        db_table = "purpose"


class NoticeVersion(models.Model):
    """The words a person was shown. Never edited (trigger `revision_is_final`); a change is a new version (C-10)."""

    notice_id = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT)
    language = models.CharField(max_length=35)
    body_text = models.TextField()
    body_sha256 = models.CharField(max_length=64)
    consent_sentence = models.TextField()
    button_label = models.CharField(max_length=100)
    policy_url = models.CharField(max_length=300)
    effective_from = models.DateField()
    recorded_at = models.DateTimeField()
    findings = models.JSONField(db_default=[], default=list)  # names of the rules that it breaks (C-42)
    purpose_version = models.PositiveIntegerField(
        null=True
    )  # null: of an earlier time, with no facts behind it
    change = models.CharField(
        max_length=20, db_default="first", default="first"
    )  # from the version before (C-10)
    changed = models.JSONField(db_default=[], default=list)  # [{"field", "material", "says"}]

    class Meta:
        db_table = "notice_version"
        constraints = [
            models.UniqueConstraint(fields=["notice_id", "version"], name="one_text_a_notice_version")
        ]


class Subscriber(models.Model):
    """A mailbox. `address_key` is the keyed hash by which it is found; no consent is kept here.

    Who it is stands under a key of its own (`core.consent.sealed`). Of somebody who was erased there is neither key nor
    anything under it, and all three are null.
    """

    uid = models.UUIDField(unique=True)  # 128 random bits
    address_key = models.BinaryField(max_length=32, unique=True)
    wrapped_key = models.BinaryField(null=True)
    sealed_address = models.BinaryField(null=True)  # as its owner writes it
    sealed_name = models.BinaryField(null=True)  # null too where no given name is known
    zone = models.CharField(max_length=60, default="", blank=True)  # IANA name; empty: the sender's zone
    created_at = models.DateTimeField()

    class Meta:
        db_table = "subscriber"


class ConsentEvent(models.Model):
    """One entry of the ledger. INSERT only: triggers refuse all else, also to a superuser's replica role.

    `seq` orders the entries of one subscriber: they are appended while the subscriber's row is locked.
    """

    seq = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(unique=True)  # the idempotency key
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="consent_events")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, null=True)  # null: every purpose
    kind = models.CharField(max_length=40)
    state_after = models.CharField(max_length=20)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=30)
    method = models.CharField(max_length=30)
    notice_id = models.CharField(max_length=60, default="", blank=True)
    notice_version = models.PositiveIntegerField(null=True)
    consent_sentence_sha256 = models.CharField(max_length=64, default="", blank=True)
    evidence_grade = models.CharField(max_length=20, default="", blank=True)
    evidence = models.JSONField(default=dict)  # sealed, but for entries from before there were keys
    suspect_automation = models.BooleanField(default=False)
    notice_sha256 = models.CharField(max_length=64, db_default="", default="", blank=True)  # of a yes
    valid_until = models.DateTimeField(null=True)  # of a yes; null: from before it was kept
    # Written by the trigger `consent_event_stamp` and by nobody else, as `recorded_at` is.
    xid = models.BigIntegerField(db_default=0)  # the transaction; 0: from before there were seals
    address_key = models.BinaryField(max_length=32, db_default=b"")  # of the subscriber at that moment

    class Meta:
        db_table = "consent_event"
        indexes = [
            models.Index(fields=["subscriber", "seq"], name="consent_event_of_subscriber"),
            models.Index(fields=["xid", "seq"], name="consent_event_of_transaction"),
        ]


class LedgerSeal(models.Model):
    """A seal over entries of the ledger (`core.consent.seal`). INSERT only, as the ledger itself."""

    number = models.IntegerField(primary_key=True)
    cluster = models.CharField(max_length=60)
    from_xid = models.BigIntegerField()
    from_seq = models.BigIntegerField()
    to_xid = models.BigIntegerField()
    to_seq = models.BigIntegerField()
    floor = models.BigIntegerField()
    afresh = models.BooleanField()
    count = models.IntegerField()
    seqs = models.BinaryField()  # 8 bytes for each entry, big-endian
    leaves = models.BinaryField()  # 32 bytes for each entry
    root = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "ledger_seal"


class LedgerAnchor(models.Model):
    """The last seal of a day, signed with a key that the database does not have. INSERT only."""

    day = models.DateField(primary_key=True)
    seal = models.ForeignKey(LedgerSeal, on_delete=models.PROTECT)
    hash = models.BinaryField(max_length=32)  # of the seal
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField(max_length=64)  # Ed25519
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_anchor"


class Subscription(models.Model):
    """The projection of the ledger for one (subscriber, purpose), written in the ledger's transaction.

    `uid` is what an unsubscribe link names, so that a link works for ever and for this list alone (U-05, U-13).
    """

    uid = models.UUIDField(unique=True)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="subscriptions")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT)
    status = models.CharField(max_length=20)  # ConsentStatus
    consent_event = models.ForeignKey(ConsentEvent, on_delete=models.PROTECT)
    since = models.DateTimeField()
    # Of a yes, and null otherwise: what the senders ask besides the status.
    notice_version = models.PositiveIntegerField(null=True)  # null too where the yes names no notice
    valid_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "subscription"
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "purpose"], name="one_subscription_a_purpose"),
            models.CheckConstraint(
                name="a_yes_has_an_end",
                condition=~models.Q(status__in=["given", "renewed"]) | models.Q(valid_until__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["purpose", "id"], name="subscription_of_purpose")]


class Confirmation(models.Model):
    """A request to confirm an address: what was asked for, on what page, until when the link works (D-01 to D-06)."""

    uid = models.UUIDField(unique=True)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="confirmations")
    purposes = models.JSONField()  # list of {"purpose", "notice_id", "notice_version"}
    state = models.CharField(max_length=20)  # pending | held | confirmed | refused | expired | dropped
    # The form, sealed: placement, page, form version, truncated address of the client.
    evidence = models.JSONField(default=dict)
    network_key = models.BinaryField(
        max_length=32, null=True
    )  # keyed hash of the client's /24 or /56, for the limits
    domain_key = models.BinaryField(max_length=32, null=True)  # keyed hash of the address's domain
    solved = models.BooleanField(db_default=False, default=False)  # the form's puzzle (D-08)
    held = models.CharField(max_length=30, db_default="", default="", blank=True)  # why (D-09): a Limit
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "confirmation"
        indexes = [
            models.Index(fields=["created_at"], name="confirmation_of_time"),
            models.Index(
                fields=["expires_at"],
                name="confirmation_waits",
                condition=models.Q(state__in=["pending", "held"]),
            ),
            models.Index(fields=["subscriber", "created_at"], name="confirmation_of_subscriber"),
            models.Index(fields=["network_key", "created_at"], name="confirmation_of_network"),
        ]


class Suppression(models.Model):
    """A no that outlives everything else: kept by keyed hash, so that it survives the person's erasure (C-07)."""

    address_key = models.BinaryField(max_length=32)
    scope = models.CharField(max_length=80)  # all | marketing | list:<purpose> | confirmation
    reason = models.CharField(max_length=30)
    created_at = models.DateTimeField()
    until = models.DateTimeField(null=True)  # null: for ever
    # Between the two a sign-up is answered although this stands, and what it confirms ends this.
    door_since = models.DateTimeField(null=True)
    door_until = models.DateTimeField(null=True)
    source_event = models.ForeignKey(ConsentEvent, on_delete=models.PROTECT, null=True)

    class Meta:
        db_table = "suppression"
        constraints = [
            models.UniqueConstraint(
                fields=["address_key", "scope", "reason"], name="one_suppression_a_reason"
            )
        ]


class Placement(models.Model):
    """Where a sign-up form may stand (C-53)."""

    name = models.CharField(max_length=40, primary_key=True)
    page_url = models.CharField(max_length=300)
    purposes = models.JSONField(default=list)  # ids of the lists that it offers; empty: all
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "placement"


class SpentForm(models.Model):
    """A form that was sent: its stamp, and its puzzle with it, is good once (D-08). Rows go when the stamp is old."""

    stamp = models.BinaryField(max_length=16, primary_key=True)
    told = models.BinaryField(max_length=32)  # keyed hash of what it said
    spent_at = models.DateTimeField()

    class Meta:
        db_table = "spent_form"
        indexes = [models.Index(fields=["spent_at"], name="spent_form_of_time")]
