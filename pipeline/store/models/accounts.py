from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class MemberSession(AbstractBaseSession):
    """A session. `session_key` holds a hash of the key that the cookie has, so that a dump of this opens nothing.

    `member` is set from the password on, before the second factor too: whoever is locked loses both.
    """

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", db_index=True
    )
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "member_session"


class SecondFactor(models.Model):
    """An authenticator app, with its secret sealed, or a passkey, with its public key."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=60)
    sealed_secret = models.BinaryField(null=True)  # of an app
    last_step = models.BigIntegerField(default=0, db_default=0)  # of the last code that was taken
    credential_id = models.BinaryField(null=True, unique=True)  # of a passkey
    credential = models.BinaryField(null=True)
    sign_count = models.BigIntegerField(default=0, db_default=0)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "second_factor"
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=models.Q(kind="totp"), name="one_app_a_member"
            ),
            models.CheckConstraint(
                name="an_app_or_a_passkey",
                condition=models.Q(kind="totp", sealed_secret__isnull=False, credential_id__isnull=True)
                | models.Q(kind="passkey", sealed_secret__isnull=True, credential_id__isnull=False),
            ),
        ]


class RecoveryCode(models.Model):
    """What is kept of a code: a keyed hash. A code that was used is gone."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "recovery_code"
        constraints = [
            models.UniqueConstraint(fields=["member", "digest"], name="one_recovery_code"),
        ]


class MemberIdentity(models.Model):
    """Who a member is at an identity provider: the pair that OpenID Connect Core 5.7 says is never reused."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()

    class Meta:
        db_table = "member_identity"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_member_an_identity"),
            models.UniqueConstraint(fields=["member", "issuer"], name="one_identity_a_member"),
        ]


class KnownBrowser(models.Model):
    """That a member signed in with this browser. `mark` is a hash of what its cookie carries."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    mark = models.BinaryField()
    used_at = models.DateTimeField()

    class Meta:
        db_table = "known_browser"
        constraints = [
            models.UniqueConstraint(fields=["member", "mark"], name="one_mark_a_browser"),
        ]


class SignInAttempt(models.Model):
    """One try at the door that has not succeeded, under a keyed hash of whose it was. Kept for a day."""

    key = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "sign_in_attempt"
        indexes = [models.Index(fields=["key", "at"], name="attempts_of_a_key")]
