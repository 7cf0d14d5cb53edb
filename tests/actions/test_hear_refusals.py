"""What a host says while we send is an event like a report: kept once, under the same policy (B-06)."""

from __future__ import annotations

import dataclasses

import pytest

from pipeline.actions import hear_refusals as module
from pipeline.actions.deliver_batch import deliver_batch
from pipeline.actions.hear_refusals import hear_refusals
from pipeline.actions.open_due import open_due
from pipeline.core.address import parse
from pipeline.core.consent.entry import EventKind
from pipeline.gateways.keys import key_of
from pipeline.settings import current
from pipeline.store import consent, models
from tests import factories
from tests.factories import NOW
from tests.scripted_smtp import ScriptedSmtp

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW)
    module._heard_up_to.clear()


@pytest.fixture
def ada(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """Ada's letter, offered to a host that answers RCPT as the test says."""
    factories.notices()
    person = factories.subscriber("ada")
    factories.campaign()
    open_due(NOW)
    with ScriptedSmtp(rcpt=request.param) as server:
        changed = dataclasses.replace(current(), smtp_url=f"smtp://127.0.0.1:{server.port}?tls=none")
        monkeypatch.setattr("pipeline.actions.deliver_batch.current", lambda: changed)
        deliver_batch(seconds=5)
    return person


@pytest.mark.parametrize(
    ("ada", "kind", "scopes"),
    [
        (b"550 no such user here\r\n", "hard", {"all"}),
        (b"550 5.7.26 unauthenticated\r\n", "sender_fault", set()),
        (b"550 5.3.4 too big\r\n", "content", set()),
        (b"550 no\r\n", "unknown", set()),
    ],
    indirect=["ada"],
)
def test_a_refusal_is_an_event_and_is_heard_once(ada, kind, scopes):
    assert hear_refusals(NOW) == 1
    assert hear_refusals(NOW) == 0
    module._heard_up_to.clear()  # another process
    assert hear_refusals(NOW) == 0
    event = models.DeliveryEvent.objects.get()
    assert (event.source, event.kind) == ("smtp", kind)
    assert {s.scope for s in consent.suppressions(key_of(parse("ada@readers.test")))} == scopes
    bounced = EventKind.HARD_BOUNCED in [entry.kind for entry in consent.ledger(ada.id)]
    assert bounced == (kind == "hard")


@pytest.mark.parametrize("ada", [b"450 4.2.1 later\r\n", b"250 ok\r\n", b"552 5.2.2 full\r\n"], indirect=True)
def test_what_is_tried_again_is_no_event_yet(ada):
    assert hear_refusals(NOW) == 0
