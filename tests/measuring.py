"""Openings are measured, or not: what ROUNDS_MEASURE_OPENS says to a whole process, for one test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.tokens import Audience, make
from pipeline.gateways.keys import keyring
from pipeline.settings import current
from pipeline.store import consent
from pipeline.store.subscribers import StoredSubscriber
from tests import factories
from tests.factories import NOW

ASKED_BY = (
    "pipeline.actions.allow_measuring",
    "pipeline.actions.note_open",
    "pipeline.store.sending",
    "pipeline.web.jinja",
    "pipeline.web.public.notices",
)


def switch(monkeypatch: pytest.MonkeyPatch, *, on: bool) -> None:
    settings = replace(current(), measure_opens=on)
    for module in ASKED_BY:
        monkeypatch.setattr(f"{module}.current", lambda: settings)


def agree(person: StoredSubscriber, now: object = NOW) -> None:
    """They said yes to it, at `now`."""
    factories.say(person, EventKind.TRACKING_CONSENT_GIVEN, OPEN_TRACKING, now)  # type: ignore[arg-type]


def pixel_path(subscriber_id: int) -> str:
    """What stands in the messages of somebody who agreed once."""
    [yes] = [s.uid for s in consent.subscriptions(subscriber_id) if s.purpose == OPEN_TRACKING]
    return f"/o/{make(Audience.OPEN, yes.bytes, keyring())}"
