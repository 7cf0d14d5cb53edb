"""Named people with real subscriptions, and two kinds of client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from tests.web.people import Person


@pytest.fixture(autouse=True)
def _hosts(settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]


@pytest.fixture(autouse=True)
def _signed_in_with_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """`client.force_login(user)` begins the session of a member who has given the second factor too."""
    from tests.web.people import force_login_with_both

    monkeypatch.setattr(Client, "force_login", force_login_with_both)


@pytest.fixture(autouse=True)
def _limits_of_the_web_stay_here() -> Iterator[None]:
    """The web's application limits what its process waits for PostgreSQL; the tests after it are another process."""
    from django.db import connections
    from django.db.backends.signals import connection_created

    options = dict(connections.settings["default"].get("OPTIONS", {}))
    yield
    connections.settings["default"]["OPTIONS"] = options
    connection_created.disconnect(dispatch_uid="patience")


@pytest.fixture(autouse=True)
def _nobody_counted_yet(monkeypatch) -> None:
    """How many sign-ups and goodbyes there were lately is remembered for a few seconds, from test to test."""
    from pipeline.core.consent.defence import CALM
    from pipeline.web.public import goodbye_limits, sign_up_form, unsubscribe_page

    monkeypatch.setattr(sign_up_form, "_counted", (float("-inf"), CALM))
    monkeypatch.setattr(unsubscribe_page, "crowd", goodbye_limits.Crowd())


@pytest.fixture
def notices(db) -> None:
    """Both notices of the project, in force."""
    from pipeline.gateways import clock
    from tests import factories

    factories.notices(clock.now())


@pytest.fixture
def asks(notices) -> Callable[..., Person]:
    """`asks("ada", WEEKLY)`: somebody who filled in the form and has not confirmed."""
    from pipeline.actions.subscribe import SignUp, subscribe
    from pipeline.gateways import clock
    from tests.web.people import WEEKLY, Person

    def ask(name: str, *purposes: str, at: datetime | None = None) -> Person:
        person = Person(f"{name}@example.test")
        subscribe(SignUp(person.address, purposes or (WEEKLY,), "test"), at or clock.now())
        return person

    return ask


@pytest.fixture
def joins(asks) -> Callable[..., Person]:
    """`joins("ada", WEEKLY, DAILY)`: somebody who confirmed, too."""
    from pipeline.actions.confirm import confirm
    from pipeline.gateways import clock

    def join(name: str, *purposes: str, at: datetime | None = None) -> Person:
        person = asks(name, *purposes, at=at)
        confirm(person.confirm_token(), at or clock.now())
        return person

    return join


@pytest.fixture
def ada(joins) -> Person:
    return joins("ada")


@pytest.fixture
def browser() -> Client:
    """A person's browser: it sends what browsers send with a form of our own pages."""
    from tests.web.people import OUR_PAGE

    return Client(headers=OUR_PAGE)


@pytest.fixture
def machine() -> Client:
    """A program: no cookie, no origin, no referrer."""
    return Client()


@pytest.fixture
def spool_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where goodbyes of this test are kept while it takes the database away. Nobody applies them but the test."""
    for module in ("unsubscribe", "replay_goodbyes"):
        monkeypatch.setattr(f"pipeline.actions.{module}.spool_folder", lambda: tmp_path / "spool")
    monkeypatch.setattr("pipeline.web.public.unsubscribe_page.apply_soon", lambda: None)
    return tmp_path / "spool"
