"""Members of staff, who may sign in to the studio."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from pipeline.core.people.powers import Role
from pipeline.store import models
from pipeline.store.locks import key_of


def save(name: str, password: str, address: str = "", *, admin: bool = False) -> bool:
    """Make a member, or give one a new password, which ends all of their sessions. Returns whether they are new.

    An empty `address` leaves the one that is known; and who is an admin stays one.
    """
    row, created = get_user_model().objects.get_or_create(username=name)
    row.set_password(password)
    row.is_active = True
    if address:
        row.email = address
    row.is_staff = row.is_staff or admin
    row.save()
    return bool(created)


def keep_address(name: str, address: str) -> None:
    """Remember where a member wants their tests."""
    get_user_model().objects.filter(username=name).update(email=address)


def exists(name: str) -> bool:
    """Whether somebody signs in by this name."""
    return bool(get_user_model().objects.filter(username=name, is_active=True).exists())


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


def is_known(name: str) -> bool:
    """Whether there is a member by this name, one who is locked out too."""
    return bool(get_user_model().objects.filter(username=name).exists())


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
