"""`rounds member`: who may sign in, said, changed and undone."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from pipeline.store import models


@pytest.fixture
def maya(db) -> User:
    user = User.objects.create_user("maya", "maya@clinic.test")
    models.SecondFactor.objects.create(
        member=user, kind="totp", name="app", sealed_secret=b"sealed", added_at=user.date_joined
    )
    models.RecoveryCode.objects.create(member=user, digest=b"digest", made_at=user.date_joined)
    return user


def test_adding_a_member_says_what_they_do_next(rounds, db):
    added = rounds("member", "add", "ben")
    assert added.exit_code == 0, added.stderr
    assert "The password, shown this once: " in added.stdout
    assert "Next, ben signs in at http://127.0.0.1:8000/studio/ and sets up a second factor" in added.stdout


def test_the_list_says_with_what_each_signs_in_and_not_with_which_address(rounds, told, maya):
    assert rounds("member", "list").stdout == (
        "maya  second factors: 1, recovery codes: 1, sessions: 0, last sign-in: never\n"
    )
    [one] = told("member", "list")
    assert one == {
        "id": maya.pk,
        "name": "maya",
        "admin": False,
        "locked": False,
        "factors": 1,
        "recovery_codes": 1,
        "sessions": 0,
        "last_signed_in_at": None,
    }


def test_a_reset_takes_factors_and_codes(told, maya):
    assert told("member", "reset-second-factor", "maya") == {"name": "maya", "removed": 1}
    assert not models.SecondFactor.objects.exists()
    assert not models.RecoveryCode.objects.exists()
    assert told("member", "reset-second-factor", "maya")["removed"] == 0


def test_a_member_is_locked_and_unlocked_and_a_new_password_does_not_unlock(rounds, told, maya):
    assert told("member", "lock", "maya")["changed"]
    assert not told("member", "lock", "maya")["changed"]
    rounds("member", "add", "maya")
    assert told("member", "list")[0]["locked"]
    assert told("member", "unlock", "maya")["changed"]
    assert rounds("member", "unlock", "maya").stdout == "maya was not locked.\n"


@pytest.mark.parametrize("verb", ["lock", "unlock", "reset-second-factor"])
def test_a_name_that_nobody_has_is_told(rounds, db, verb):
    result = rounds("member", verb, "nobody")
    assert result.exit_code == 2
    assert "Nobody signs in as nobody" in result.stderr
