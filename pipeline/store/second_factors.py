"""Authenticator apps, passkeys and recovery codes. What may be used once is used by a conditional update."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from pipeline.core.accounts import second_factor as core
from pipeline.core.accounts.second_factor import Passkey, Proof, Totp
from pipeline.core.errors import Refused
from pipeline.store import models


def of_member(member_id: int) -> list[core.SecondFactor]:
    """The oldest first."""
    rows = models.SecondFactor.objects.filter(member_id=member_id).order_by("added_at", "pk")
    return [core.SecondFactor(row.pk, Proof(row.kind), row.name, row.added_at, row.used_at) for row in rows]


def has_any(member_id: int) -> bool:
    return models.SecondFactor.objects.filter(member_id=member_id).exists()


def totp_of(member_id: int) -> Totp | None:
    row = models.SecondFactor.objects.filter(member_id=member_id, kind=Proof.TOTP).first()
    return Totp(row.pk, bytes(row.sealed_secret or b""), row.last_step) if row else None


def save_totp(member_id: int, sealed: bytes, step: int, now: datetime) -> None:
    """Add an app, or put a new one in its place. `step` is that of the code which showed that it works."""
    with transaction.atomic():
        models.SecondFactor.objects.filter(member_id=member_id, kind=Proof.TOTP).delete()
        models.SecondFactor.objects.create(
            member_id=member_id,
            kind=Proof.TOTP,
            name="Authenticator app",
            sealed_secret=sealed,
            last_step=step,
            added_at=now,
        )


def use_step(factor_id: int, step: int, now: datetime) -> bool:
    """Take the code of a step. False if that step, or a later one, was taken before: in another process, perhaps."""
    rows = models.SecondFactor.objects.filter(pk=factor_id, last_step__lt=step)
    return rows.update(last_step=step, used_at=now) == 1


def passkeys_of(member_id: int) -> list[Passkey]:
    rows = models.SecondFactor.objects.filter(member_id=member_id, kind=Proof.PASSKEY).order_by("pk")
    return [Passkey(row.pk, bytes(row.credential or b""), row.sign_count) for row in rows]


def passkey_by_id(credential_id: bytes) -> tuple[int, Passkey] | None:
    """(the member's id, the passkey) of a credential, by the id that the browser names it by."""
    row = models.SecondFactor.objects.filter(kind=Proof.PASSKEY, credential_id=credential_id).first()
    return (row.member_id, Passkey(row.pk, bytes(row.credential or b""), row.sign_count)) if row else None


def add_passkey(
    member_id: int, name: str, credential_id: bytes, credential: bytes, count: int, now: datetime
) -> None:
    """Raises Refused for one that somebody has already."""
    try:
        with transaction.atomic():
            models.SecondFactor.objects.create(
                member_id=member_id,
                kind=Proof.PASSKEY,
                name=name,
                credential_id=credential_id,
                credential=credential,
                sign_count=count,
                added_at=now,
            )
    except IntegrityError:
        raise Refused("This passkey is known already. Use another.") from None


def use_passkey(factor_id: int, count: int, now: datetime) -> bool:
    """Note that a passkey was used. False if its counter did not rise, as a copy's would not (WebAuthn 6.1.1)."""
    risen = Q(sign_count__lt=count) if count else Q(sign_count=0)
    rows = models.SecondFactor.objects.filter(risen, pk=factor_id)
    return rows.update(sign_count=count, used_at=now) == 1


def remove(member_id: int, factor_id: int, *, keep_one: bool) -> str | None:
    """Remove one and return its name; None if it is not there. With `keep_one`, raises Refused for the last."""
    with transaction.atomic():
        rows = {
            row.pk: row
            for row in models.SecondFactor.objects.select_for_update()
            .filter(member_id=member_id)
            .order_by("pk")
        }
        if factor_id not in rows:
            return None
        if keep_one and len(rows) == 1:
            raise Refused("This is the only second factor. Add another first, then remove this one.")
        rows[factor_id].delete()
        return rows[factor_id].name


def remove_all(member_id: int) -> int:
    """Remove every factor and every recovery code. Returns how many factors there were."""
    with transaction.atomic():
        models.RecoveryCode.objects.filter(member_id=member_id).delete()
        return models.SecondFactor.objects.filter(member_id=member_id).delete()[0]


def replace_codes(member_id: int, digests: Sequence[bytes], now: datetime) -> None:
    """New recovery codes in the place of all that there were."""
    with transaction.atomic():
        models.RecoveryCode.objects.filter(member_id=member_id).delete()
        models.RecoveryCode.objects.bulk_create(
            models.RecoveryCode(member_id=member_id, digest=digest, made_at=now) for digest in digests
        )


def use_code(member_id: int, digest: bytes) -> bool:
    """Use up a recovery code. Of two that try at once, one succeeds."""
    return models.RecoveryCode.objects.filter(member_id=member_id, digest=digest).delete()[0] == 1


def codes_made_before(moment: datetime) -> int:
    """How many recovery codes of all members are as old as that, and not used."""
    return models.RecoveryCode.objects.filter(made_at__lt=moment).count()


def codes_left(member_id: int) -> int:
    return models.RecoveryCode.objects.filter(member_id=member_id).count()
