"""No list mail leaves unsigned, and what is signed holds where it arrives (U-04)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import dkim as dkimpy
import pytest

from pipeline.actions.check_signing import ALERT
from pipeline.actions.deliver_batch import deliver_batch
from pipeline.actions.open_due import open_due
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.tick import tick
from pipeline.core.errors import Refused
from pipeline.gateways import dkim
from pipeline.settings import current
from pipeline.store import alerts, campaigns
from tests import factories
from tests.dkim_verifier import verified
from tests.factories import NOW, WEEKLY

pytestmark = pytest.mark.django_db(transaction=True)  # a sender has connections of its own


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW)


@pytest.fixture
def service(smtp, monkeypatch) -> Iterator[Callable[..., None]]:
    """A service with a relay; what it says of signatures is the test's."""
    monkeypatch.setenv("ROUNDS_SMTP_URL", smtp.url)

    def says(**environment: str) -> None:
        monkeypatch.setenv("ROUNDS_RELAY_SIGNS", "0")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        current.cache_clear()

    yield says
    monkeypatch.undo()
    current.cache_clear()


@pytest.fixture
def keys(tmp_path) -> list[Path]:
    paths = [tmp_path / f"{kind}.pem" for kind in dkim.KINDS]
    for path, kind in zip(paths, dkim.KINDS, strict=True):
        dkim.write_key(path, dkim.make_key(kind))
    return paths


def named(keys: list[Path]) -> str:
    return " ".join(f"{path.stem}:{path}" for path in keys)


@pytest.fixture
def opened():
    """Ada, Ben and Cleo, and a campaign whose first issue has just opened."""
    factories.notices()
    factories.readers()
    campaign = factories.campaign()
    open_due(NOW)
    return campaign


def states(campaign) -> Counter[str]:
    return Counter(line.state for line in campaigns.delivery_lines(campaign.id))


def test_what_arrives_is_signed_with_every_key(opened, smtp, service, keys, monkeypatch):
    service(ROUNDS_DKIM_KEYS=named(keys))
    assert deliver_batch(seconds=20).accepted == 3
    records = {one.record_name: one.public_record for one in dkim.signers(current())}
    dns = {f"{name}.".encode(): value.encode() for name, value in records.items()}
    monkeypatch.setattr(dkimpy, "time", SimpleNamespace(time=NOW.timestamp))
    for envelope in smtp.envelopes:
        assert verified(envelope.content, records) == {"rsa": True, "ed25519": True}
        assert dkimpy.DKIM(envelope.content).verify(0, dnsfunc=lambda name, timeout=5: dns[name])


def test_without_a_key_list_mail_waits_and_the_letters_go(opened, smtp, service):
    service()
    subscribe(SignUp("dora@readers.test", (WEEKLY,), "test"), NOW)
    batch = deliver_batch(seconds=5)
    assert batch.accepted == 1
    assert [e.rcpt_tos for e in smtp.envelopes] == [["dora@readers.test"]]
    assert states(opened) == {"queued": 3}
    service(ROUNDS_RELAY_SIGNS="1")
    assert deliver_batch(seconds=20).accepted == 3


def test_a_key_that_goes_missing_stops_the_sending_and_costs_nobody_an_attempt(opened, smtp, service, keys):
    """C8, row 84."""
    service(ROUNDS_DKIM_KEYS=named(keys))
    kept = keys[0].read_bytes()
    keys[0].unlink()
    subscribe(SignUp("dora@readers.test", (WEEKLY,), "test"), NOW)
    batch = deliver_batch(seconds=5)
    assert "not there" in batch.route_failed
    assert smtp.envelopes == []
    assert states(opened) == {"queued": 3}
    assert all(line.attempts == 0 for line in campaigns.delivery_lines(opened.id))
    keys[0].write_bytes(kept)
    assert deliver_batch(seconds=20).accepted == 4


def test_people_are_told_while_list_mail_cannot_leave(opened, service):
    service()
    tick(NOW, bell=False)
    assert ["rounds dkim new" in alert.sentence for alert in alerts.open_now([ALERT])] == [True]
    service(ROUNDS_RELAY_SIGNS="1")
    tick(NOW, bell=False)
    assert alerts.open_now([ALERT]) == []


def test_a_campaign_whose_mail_nobody_would_sign_is_refused(service):
    service()
    factories.notices()
    with pytest.raises(Refused, match="rounds dkim new"):
        factories.campaign()
