"""A member who is signed in, and something to look at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

NAME, PASSWORD = "maya", "calm-words-for-maya"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.factories import NOW

    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW)


@pytest.fixture(autouse=True)
def _quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its least, unless a test asks for `slow_passwords`: what is slow on purpose is slow for us too."""
    if "slow_passwords" in request.fixturenames:
        return
    for cost, least in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
        monkeypatch.setattr(f"pipeline.store.password_hashing.Argon2id.{cost}", least)


@pytest.fixture
def slow_passwords() -> None:
    """Passwords are hashed as they are in real use."""


@pytest.fixture
def maya(db) -> str:
    """A member of staff with every role, as the first one has. Returns her name."""
    from pipeline.actions.add_member import add_member
    from pipeline.actions.give_roles import give_first_admin

    add_member(NAME, PASSWORD, "maya@clinic.test")
    give_first_admin(NAME)
    return NAME


@pytest.fixture
def studio(db) -> Client:
    """Maya's browser, signed in. Her password is never asked for, so none is hashed: that is slow on purpose."""
    return signed_in()


def signed_in(name: str = NAME, *roles: str, **more: bool) -> Client:
    """The browser of a member with these roles; with every role if none is named, and with none for `"none"`."""
    from django.contrib.auth.models import User

    from pipeline.core.people.powers import Role
    from pipeline.store import members

    client = Client(**more)
    client.force_login(
        User.objects.get_or_create(username=name, defaults={"email": f"{name}@clinic.test"})[0]
    )
    members.set_roles(name, frozenset(Role) if not roles else {Role(r) for r in roles if r != "none"})
    return client


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Four eyes are off: one person schedules, as in the demonstration."""
    from pipeline.settings import current

    monkeypatch.setenv("ROUNDS_FOUR_EYES", "off")
    current.cache_clear()
    yield
    monkeypatch.undo()
    current.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the content folder, which the settings point at."""
    from pipeline.settings import current
    from tests.factories import CONTENT

    copy = tmp_path / "content"
    shutil.copytree(CONTENT, copy)
    monkeypatch.setenv("ROUNDS_CONTENT_DIR", str(copy))
    current.cache_clear()
    yield copy
    monkeypatch.undo()
    current.cache_clear()


@pytest.fixture
def series(db) -> str:
    """The approved article, planned and rendered. Returns the slug of the series."""
    from tests import factories

    factories.notices()
    factories.series()
    return factories.SERIES


@pytest.fixture
def campaign(notices):
    """Ada, Ben and Cleo are on the list, Cleo has left it; the first issue has just opened."""
    from pipeline.actions.open_due import open_due
    from pipeline.core.consent.entry import EventKind
    from tests import factories
    from tests.factories import NOW

    people = factories.readers()
    factories.say(people[2], EventKind.CONSENT_WITHDRAWN)
    made = factories.campaign()
    open_due(NOW)
    return made
