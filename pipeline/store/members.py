"""Members of staff, who may sign in to the studio."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from pipeline.core.accounts.member import Member, Who
from pipeline.core.people.powers import Role
from pipeline.store import models, sessions
from pipeline.store.locks import key_of


def save(name: str, password: str, address: str = "", *, admin: bool = False) -> bool:
    """Make a member, or give one a new password, which ends all of their sessions. Returns whether they are new.

    An empty `address` leaves the one that is known; who is an admin stays one, and who is locked stays locked.
    """
    row, created = get_user_model().objects.get_or_create(username=name)
    row.set_password(password)
    if address:
        row.email = address
    row.is_staff = row.is_staff or admin
    row.save()
    sessions.end_all(row.pk)
    return bool(created)


def keep_address(name: str, address: str) -> None:
    """Remember where a member wants their tests."""
    get_user_model().objects.filter(username=name).update(email=address)


def exists(name: str) -> bool:
    """Whether somebody signs in by this name."""
    return bool(get_user_model().objects.filter(username=name, is_active=True).exists())


def by_name(name: str) -> Who | None:
    """The member of this name, locked or not."""
    row = get_user_model().objects.filter(username=name).only("pk", "username").first()
    return Who(row.pk, row.get_username()) if row else None


def address_of(member_id: int) -> str:
    """Where a member's test emails go; empty if nobody said."""
    return str(get_user_model().objects.values_list("email", flat=True).get(pk=member_id))


def password_is(member_id: int, password: str) -> bool:
    """Whether this is the password of a member who is not locked."""
    row = get_user_model().objects.filter(pk=member_id, is_active=True).first()
    return bool(row and row.check_password(password))


def set_password(member_id: int, password: str) -> None:
    row = get_user_model().objects.get(pk=member_id)
    row.set_password(password)
    row.save(update_fields=["password"])


def set_locked(member_id: int, locked: bool) -> bool:
    """Lock or unlock. Locked, a member is a stranger to every page at once. Returns whether anything changed."""
    rows = get_user_model().objects.filter(pk=member_id, is_active=locked)
    changed = rows.update(is_active=not locked) == 1
    if locked:
        sessions.end_all(member_id)
    return changed


def every() -> list[Member]:
    """By name."""
    factors, codes = _count(models.SecondFactor), _count(models.RecoveryCode)
    rows = get_user_model().objects.annotate(factors=factors, codes=codes).order_by("username")
    return [
        Member(
            id=row.pk,
            name=row.get_username(),
            admin=row.is_staff,
            locked=not row.is_active,
            factors=row.factors,
            recovery_codes=row.codes,
            sessions=len(sessions.of_member(row.pk)),
            last_signed_in_at=row.last_login,
        )
        for row in rows
    ]


def _count(model: type[models.SecondFactor] | type[models.RecoveryCode]) -> Coalesce:
    theirs = model.objects.filter(member_id=OuterRef("pk")).order_by().values("member_id")
    return Coalesce(Subquery(theirs.annotate(n=Count("pk")).values("n")), 0)


def roles(name: str) -> frozenset[Role]:
    """The roles of a member; none for a stranger, and for one who may not sign in."""
    rows = models.MemberRole.objects.filter(member__username=name, member__is_active=True)
    known = {role.value: role for role in Role}
    return frozenset(known[role] for role in rows.values_list("role", flat=True) if role in known)


def set_roles(name: str, wanted: Collection[Role]) -> None:
    """Give a member exactly these roles."""
    row = get_user_model().objects.get(username=name)
    with transaction.atomic():
        models.MemberRole.objects.filter(member=row).exclude(role__in=[r.value for r in wanted]).delete()
        models.MemberRole.objects.bulk_create(
            [models.MemberRole(member=row, role=role.value) for role in wanted], ignore_conflicts=True
        )


def hold_roles() -> None:
    """Let nobody else change roles before this transaction ends: two last admins may not leave at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key_of("roles")])


def admins() -> frozenset[str]:
    """The names of those who are admins and can sign in."""
    rows = models.MemberRole.objects.filter(role=Role.ADMIN.value, member__is_active=True)
    return frozenset(rows.values_list("member__username", flat=True))


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member as the list shows them. `active`: they may sign in."""

    name: str
    active: bool
    roles: frozenset[Role]


def with_roles() -> list[MemberLine]:
    """Every member, by name."""
    known = {role.value: role for role in Role}
    return [
        MemberLine(
            row.username,
            row.is_active,
            frozenset(known[each.role] for each in row.roles.all() if each.role in known),
        )
        for row in get_user_model().objects.prefetch_related("roles").order_by("username")
    ]
