from django.db import models
from django.db.models import Q


class Sender(models.Model):
    """One run of a sender: whose lease it is, and whether it lives. `beat` counts up while it does (delivery.md B4)."""

    token = models.UUIDField(primary_key=True)
    host = models.CharField(max_length=255)
    boot_id = models.CharField(max_length=64)
    route = models.CharField(max_length=30)
    started_at = models.DateTimeField()
    beat = models.BigIntegerField(default=0, db_default=0)
    beat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sender"
        indexes = [models.Index(fields=["started_at"], condition=Q(ended_at=None), name="sender_at_work")]


class Instance(models.Model):
    """This database as one that may send (delivery.md B8): a copy of it may not, until somebody says so. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    uid = models.UUIDField()
    epoch = models.PositiveIntegerField(default=1)
    sending_enabled = models.BooleanField(default=True)
    reason = models.CharField(max_length=300, default="", db_default="")
    changed_by = models.CharField(max_length=150, default="", db_default="")
    changed_at = models.DateTimeField()
    hosts = models.JSONField(
        default=dict, db_default={}
    )  # mark of a data folder: its host's name, since, confirmed
    pulse = models.BigIntegerField(
        default=0, db_default=0
    )  # counts up while somebody looks; a copy has fallen behind
    needs_confirm = models.BooleanField(
        default=False, db_default=False
    )  # stopped by the fence, and not by a person

    class Meta:
        db_table = "instance"
        constraints = [models.CheckConstraint(name="one_instance", condition=Q(id=1))]


class SecretKid(models.Model):
    """A secret that this database was ever used under, by its number. Nothing of the secret can be had from here.

    INSERT only.
    """

    kid = models.PositiveSmallIntegerField(primary_key=True)
    check_value = models.BinaryField(max_length=32)  # derived from the secret, which is known again by it
    since = models.DateTimeField()

    class Meta:
        db_table = "secret_kid"


class Route(models.Model):
    """One relay or provider: its token bucket, how far it was slowed down, and why it rests."""

    name = models.CharField(max_length=30, primary_key=True)
    rate = models.FloatField(null=True)  # messages a second; null: no limit
    burst = models.FloatField(default=0, db_default=0)
    tokens = models.FloatField(default=0, db_default=0)
    refilled_at = models.DateTimeField(null=True)  # the database's clock
    factor = models.FloatField(default=1, db_default=1)  # of the rate, after the relay asked us to slow down
    blocked_until = models.DateTimeField(null=True)  # the database's clock
    blocked_because = models.TextField(default="", db_default="")
    failures = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "route"


class RouteTally(models.Model):
    """How the dots of one minute ended on one route: what a relay is trusted by."""

    pk = models.CompositePrimaryKey("route", "minute")
    route = models.CharField(max_length=30)
    minute = models.DateTimeField()
    accepted = models.PositiveIntegerField(default=0, db_default=0)
    deferred = models.PositiveIntegerField(default=0, db_default=0)
    refused = models.PositiveIntegerField(default=0, db_default=0)
    unknown = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "route_tally"


class DomainPace(models.Model):
    """The pace of one recipient domain: only those with a limit, or that asked us to slow down, have a row."""

    domain = models.CharField(max_length=255, primary_key=True)
    rate = models.FloatField(null=True)
    burst = models.FloatField(default=0, db_default=0)
    tokens = models.FloatField(default=0, db_default=0)
    refilled_at = models.DateTimeField(null=True)
    factor = models.FloatField(default=1, db_default=1)
    blocked_until = models.DateTimeField(null=True)
    blocked_because = models.TextField(default="", db_default="")

    class Meta:
        db_table = "domain_pace"


class Alert(models.Model):
    """What a person must know, as a sentence. One of a kind for each subject until it is cleared."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    sentence = models.TextField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alert"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(cleared_at=None), name="one_open_alert"
            )
        ]
