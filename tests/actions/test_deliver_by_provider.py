"""The engine with a provider in the relay's place: the same barrier, the same states."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from uuid import uuid4

import pytest

from pipeline import settings
from pipeline.actions.deliver_batch import deliver_batch
from pipeline.actions.open_due import open_due
from pipeline.core.delivery.recovery import NO_DOT_LEFT, NO_REPLY
from pipeline.gateways import journal, providers
from pipeline.store import campaigns
from tests import factories
from tests.factories import NOW
from tests.scripted_http import Http, interface

pytestmark = pytest.mark.django_db(transaction=True)  # a sender has connections of its own


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW)
    monkeypatch.setattr(providers, "_left_out", {})


@pytest.fixture
def campaign():
    factories.notices()
    factories.readers()
    campaign = factories.campaign()
    open_due(NOW)
    return campaign


def deliver(http: Http, monkeypatch: pytest.MonkeyPatch, connections: int = 3):
    changed = replace(settings.current(), smtp_url="anymail+postmark:", connections=connections)
    for place in ("deliver_batch", "deliver_batch.sender"):
        monkeypatch.setattr(f"pipeline.actions.{place}.current", lambda: changed)
    monkeypatch.setenv("ROUNDS_ANYMAIL_SERVER_TOKEN", "hush")
    monkeypatch.setenv("ROUNDS_ANYMAIL_API_URL", f"http://127.0.0.1:{http.port}/")
    return deliver_batch(seconds=20)


def states(campaign) -> Counter[str]:
    return Counter(line.state for line in campaigns.delivery_lines(campaign.id))


def test_everybody_who_consents_is_asked_for_once(campaign, monkeypatch):
    with interface(Http()) as http:
        assert deliver(http, monkeypatch).accepted == 3
    assert states(campaign) == {"accepted": 3}
    sent = [json.loads(body) for _, _, body in http.asked]
    assert sorted(each["To"] for each in sent) == [
        "ada@readers.test",
        "ben@readers.test",
        "cleo@readers.test",
    ]
    assert len({each["Metadata"]["delivery"] for each in sent}) == 3


def noted(folder: str) -> set[int]:
    """What the journals of this data folder say of how the dots ended."""
    path = settings.current().data_dir / folder
    return {code for each in journal.kept(path) for code in journal.read(path, each.token).replies.values()}


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder for the journals of one test."""
    name = f"journal/{uuid4()}"
    real = journal.Journal
    place = settings.current().data_dir / name
    monkeypatch.setattr(
        "pipeline.actions.deliver_batch.sender.Journal",
        lambda _, token, instance: real(place, token, instance),
    )
    return name


def test_a_crash_after_the_provider_refused_our_key_fails_nobody(campaign, monkeypatch, apart):
    with interface(Http(code=401, body=b"{}")) as http:
        deliver(http, monkeypatch, connections=1)
    assert noted(apart) == {NO_DOT_LEFT}


def test_the_journal_says_that_no_answer_came(campaign, monkeypatch, apart):
    with interface(Http(deed="drop")) as http:
        deliver(http, monkeypatch)
    assert noted(apart) == {NO_REPLY}


def test_a_request_without_an_answer_may_have_been_accepted(campaign, monkeypatch):
    with interface(Http(deed="drop")) as http:
        deliver(http, monkeypatch)
    assert states(campaign) == {"unknown": 3}
    assert len(http.asked) == 3


def test_a_wrong_key_lets_everybody_wait(campaign, monkeypatch):
    with interface(Http(code=401, body=b"{}")) as http:
        assert "failed at auth" in deliver(http, monkeypatch, connections=1).route_failed
    assert states(campaign) == {"queued": 3}
    assert len(http.asked) == 1
