"""Members of staff, who may sign in to the studio."""

from __future__ import annotations

from django.contrib.auth import get_user_model


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
