"""Who members are at an identity provider."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from pipeline.core.errors import Refused
from pipeline.store.models import MemberIdentity


def member_of(issuer: str, subject: str) -> int | None:
    """The id of the member who linked this identity."""
    return (
        MemberIdentity.objects.filter(issuer=issuer, subject=subject)
        .values_list("member_id", flat=True)
        .first()
    )


def is_linked(member_id: int, issuer: str) -> bool:
    return MemberIdentity.objects.filter(member_id=member_id, issuer=issuer).exists()


def link(member_id: int, issuer: str, subject: str, now: datetime) -> None:
    """Raises Refused if either side is linked already."""
    try:
        with transaction.atomic():
            MemberIdentity.objects.create(member_id=member_id, issuer=issuer, subject=subject, linked_at=now)
    except IntegrityError:
        raise Refused(
            "This account there belongs to a member already, or you have linked one before."
        ) from None


def unlink(member_id: int, issuer: str) -> bool:
    return MemberIdentity.objects.filter(member_id=member_id, issuer=issuer).delete()[0] > 0
