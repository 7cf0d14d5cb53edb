"""Who was a member before there were roles keeps what a member could do then."""

from __future__ import annotations

from importlib import import_module

from django.contrib.auth.models import User
from django.db import connection

from pipeline.core.people.powers import Role
from pipeline.store import members


def test_an_admin_of_before_has_every_role_and_a_member_what_a_member_could_do(db):
    User.objects.create(username="maya", is_staff=True)
    User.objects.create(username="ben")
    User.objects.create(username="eve", is_active=False)
    with connection.cursor() as cursor:
        cursor.execute(import_module("pipeline.store.migrations.0010_powers").ROLES)
    assert members.roles("maya") == set(Role)
    assert members.roles("ben") == {Role.EDITOR, Role.SENDER}
    assert members.roles("eve") == members.roles("nobody") == set()  # none, while they may not sign in
    assert members.admins() == {"maya"}
