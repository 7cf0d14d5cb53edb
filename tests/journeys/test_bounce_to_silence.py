"""A letter goes out through a real Postfix, comes back as a real bounce, and its mailbox is left in peace (B-10)."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.actions import collect_reports as module
from pipeline.actions.collect_reports import collect_reports
from pipeline.actions.confirm import confirm
from pipeline.actions.deliver_batch import deliver_batch
from pipeline.actions.open_due import open_due
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.core.address import parse
from pipeline.core.consent.suppression import active
from pipeline.core.consent.tokens import Audience, make
from pipeline.gateways.keys import key_of, keyring
from pipeline.settings import current
from pipeline.store import campaigns, consent, models
from tests import factories
from tests.factories import NOW, WEEKLY
from tests.private_postfix import MISSING, PrivatePostfix
from tests.scripted_smtp import ScriptedSmtp

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(MISSING), reason=MISSING or "-"),
]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list:
    """What the product's clock says: the one moment in it."""
    moment = [NOW]
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: moment[0])
    return moment


class Bouncing(PrivatePostfix):
    """Hands mail for readers.test to a host that refuses or takes it, and reports about it into its own Maildir."""

    def __init__(self, next_hop: int, bounces: str) -> None:
        super().__init__(
            f"transport_maps = inline:{{ {{ readers.test = smtp:[127.0.0.1]:{next_hop} }} }}\n"
            f"virtual_mailbox_domains = {bounces}\nnotify_classes =\nsmtp_tls_security_level = none\n"
        )
        with (self.folder / "etc/master.cf").open("a") as master:
            master.write("smtp unix - - n - - smtp\n")

    @property
    def maildir(self) -> Path:
        return self.folder / "mail/inbox"


@pytest.fixture
def host() -> Iterator[ScriptedSmtp]:
    """The host of readers.test: it knows no ada at first."""
    with ScriptedSmtp(
        rcpt=[b"550 5.1.1 <ada@readers.test>: no such user\r\n", b"250 2.1.5 ok\r\n"]
    ) as server:
        yield server


@pytest.fixture
def postfix(host: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bouncing]:
    with Bouncing(host.port, current().return_path_domain) as running:
        settings = dataclasses.replace(
            current(),
            smtp_url=f"smtp://127.0.0.1:{running.port}?tls=none",
            bounce_maildir=running.maildir,
        )
        monkeypatch.setattr("pipeline.actions.deliver_batch.current", lambda: settings)
        monkeypatch.setattr(module, "current", lambda: settings)
        yield running


def wait_for_a_report(postfix: Bouncing) -> None:
    until = time.monotonic() + 30
    while not list(postfix.maildir.glob("new/*")):
        assert time.monotonic() < until, postfix.log
        time.sleep(0.05)


def in_force(now) -> set[tuple[str, str]]:
    rows = active(consent.suppressions(key_of(parse("ada@readers.test"))), now)
    return {(row.scope, row.reason.value) for row in rows}


def test_a_real_bounce_ends_the_mail_and_a_fresh_yes_brings_it_back(postfix, host, clock):
    factories.notices()
    factories.subscriber("ada")
    campaign = factories.campaign()
    open_due(NOW)
    assert deliver_batch(seconds=20).accepted == 1

    wait_for_a_report(postfix)
    assert collect_reports(NOW).counts == {"kept": 1}, postfix.log
    assert in_force(NOW) == {("all", "hard_bounce")}
    [line] = campaigns.delivery_lines(campaign.id)
    assert line.state == "accepted"
    event = models.DeliveryEvent.objects.get()
    assert (event.kind, event.code, event.enhanced) == ("hard", 550, "5.1.1")

    clock[0] = NOW + timedelta(days=7)
    open_due(clock[0])
    deliver_batch(seconds=20)
    assert [r.rcpt_to for r in host.messages] == []  # nothing more was tried

    subscribe(SignUp("ada@readers.test", (WEEKLY,), "test"), clock[0])
    assert deliver_batch(seconds=20).accepted == 1
    until = time.monotonic() + 20
    while not host.messages and time.monotonic() < until:
        time.sleep(0.05)
    assert len(host.messages) == 1  # the letter that asks to confirm arrives
    asked = models.Confirmation.objects.get()
    confirm(make(Audience.CONFIRM, asked.uid.bytes, keyring()), clock[0])
    assert not in_force(clock[0])
