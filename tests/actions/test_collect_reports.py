"""Reports are taken from their mailbox one by one, and only when what they say is committed."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import OperationalError

from pipeline.actions import collect_reports as module
from pipeline.actions.collect_reports import collect_if_due, collect_reports, read_one
from pipeline.actions.open_due import open_due
from pipeline.core.address import parse
from pipeline.core.consent.entry import Method
from pipeline.core.consent.suppression import active
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.feedback.leave_letter import make_leave_address
from pipeline.core.feedback.mailbox_url import parse_mailbox_url
from pipeline.core.feedback.mime import LARGEST
from pipeline.gateways.keys import key_of, keyring
from pipeline.settings import current
from pipeline.store import alerts, consent, feedback, locks, models
from tests import factories
from tests.factories import NOW
from tests.mail_stores import SECRET, USER, MailStore, serving
from tests.samples.reports import arf, auto_reply, dsn, letter, path_of, qmail

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> models.Delivery:
    """A letter to ada that the next hop took."""
    factories.notices()
    factories.subscriber("ada")
    factories.campaign()
    open_due(NOW)
    for state in (DeliveryState.LEASED, DeliveryState.SENDING, DeliveryState.ACCEPTED):
        models.Delivery.objects.update(state=state)
    return models.Delivery.objects.get()


def path(delivery: models.Delivery) -> str:
    return path_of(delivery.uid.bytes, keyring())


@pytest.fixture
def configured(monkeypatch):
    """`configured(bounce_maildir=...)`: settings for the length of the test."""

    def configure(**changed: object) -> None:
        settings = dataclasses.replace(current(), **changed)
        monkeypatch.setattr(module, "current", lambda: settings)

    module._last_look.clear()
    return configure


@pytest.fixture
def maildir(tmp_path: Path, configured) -> Path:
    (tmp_path / "new").mkdir()
    configured(bounce_maildir=tmp_path)
    return tmp_path


def put(maildir: Path, *messages: bytes) -> None:
    for number, message in enumerate(messages):
        (maildir / "new" / f"{number}.test").write_bytes(message)


def in_force() -> set[tuple[str, str]]:
    rows = active(consent.suppressions(key_of(parse("ada@readers.test"))), NOW)
    return {(row.scope, row.reason.value) for row in rows}


def test_a_bounce_in_the_maildir_stops_the_mail_and_is_put_away(sent, maildir):
    put(maildir, dsn(path(sent)))
    assert collect_reports(NOW).counts == {"kept": 1}
    assert in_force() == {("all", "hard_bounce")}
    assert not list((maildir / "new").iterdir())
    assert len(list(maildir.glob(".Processed/cur/*"))) == 1


def test_forged_foreign_and_automatic_answers_suppress_nobody(sent, maildir):
    foreign = path_of(bytes(16), keyring())  # our key, and no such delivery
    put(
        maildir,
        dsn(path_of(sent.uid.bytes)),  # the right delivery by the wrong key
        dsn("ada@readers.test", returned=letter(sent.uid.bytes)),
        dsn(foreign),
        auto_reply(path(sent)),
        arf("not-spam", returned=letter(path=path(sent))),
        qmail("postmaster@rounds.test"),
        b"Subject: hello\r\n\r\nI am a person.\r\n",
        b"x" * (LARGEST + 1),
        dsn(path(sent)).replace(b"Action: failed", b"Action: delayed"),
    )
    assert collect_reports(NOW).counts == {"quarantined": 6, "ignored": 1, "kept": 2}
    assert not in_force()
    assert models.QuarantinedReport.objects.count() == 6
    assert len(list(maildir.glob(".Quarantine/cur/*"))) == 6
    assert consent.standing(consent.ledger(sent.subscriber_id), factories.WEEKLY).permits


def test_a_complaint_ends_the_lists(sent, maildir):
    put(maildir, arf(returned=letter(path=path(sent))))
    collect_reports(NOW)
    assert not consent.standing(consent.ledger(sent.subscriber_id), factories.WEEKLY).permits


def test_the_same_report_again_is_known_and_laid_aside_once(sent, maildir):
    for _ in range(2):
        put(maildir, dsn(path(sent)), dsn("nobody@rounds.test"))
        counts = collect_reports(NOW).counts
    assert counts == {"known": 1, "quarantined": 1}
    assert models.DeliveryEvent.objects.count() == models.QuarantinedReport.objects.count() == 1


def test_what_is_not_committed_stays_in_its_mailbox(sent, maildir, monkeypatch):
    def away(*args: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(feedback, "keep", away)
    put(maildir, dsn(path(sent)))
    with pytest.raises(OperationalError):
        collect_reports(NOW)
    assert len(list((maildir / "new").iterdir())) == 1


def test_a_message_that_shows_a_mistake_of_ours_does_not_hold_up_the_others(sent, maildir, monkeypatch):
    read = module.read_report

    def fails(raw: bytes, *more: object) -> object:
        if b"poison" in raw:
            raise RuntimeError("a mistake")
        return read(raw, *more)

    monkeypatch.setattr(module, "read_report", fails)
    put(maildir, b"Subject: poison\r\n\r\n", dsn(path(sent)))
    assert collect_reports(NOW).counts == {"poison": 1, "kept": 1}
    assert in_force()
    assert len(list(maildir.glob(".Quarantine/cur/*"))) == 1


def test_two_who_collect_at_once_do_not_meet(sent, maildir, monkeypatch):
    @contextmanager
    def taken(name: str):
        yield False

    monkeypatch.setattr(locks, "only_one", taken)
    put(maildir, dsn(path(sent)))
    assert not collect_reports(NOW).counts
    assert len(list((maildir / "new").iterdir())) == 1


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_a_mailbox_on_a_server_is_read_and_emptied(sent, configured, protocol):
    with serving(MailStore(dsn(path(sent)), auto_reply(path(sent)), dsn("x@rounds.test")), protocol) as store:
        url = f"{protocol}://{quote(USER, safe='')}:{quote(SECRET, safe='')}@127.0.0.1:{store.port}"
        configured(bounce_mailbox=parse_mailbox_url(url))
        assert collect_reports(NOW).counts == {"kept": 1, "ignored": 1, "quarantined": 1}
        assert store.names("INBOX") == []
        if protocol == "imap":
            assert (len(store.names("Processed")), len(store.names("Quarantine"))) == (2, 1)
    assert in_force()


def test_the_server_dying_on_the_way_loses_no_report(sent, configured):
    with serving(MailStore(dsn(path(sent)), dsn("x@rounds.test")), "imap") as store:
        url = f"imap://{quote(USER, safe='')}:{quote(SECRET, safe='')}@127.0.0.1:{store.port}"
        configured(bounce_mailbox=parse_mailbox_url(url))
        store.dies_after = 6
        collect_if_due(NOW)
        [alert] = alerts.open_now()
        assert "Bounces and complaints are not heard" in alert.sentence
        assert SECRET not in alert.sentence
        store.dies_after = None
        assert len(store.names("INBOX")) == 2
        module._last_look.clear()
        collect_if_due(NOW)
        assert store.names("INBOX") == []
    assert in_force()
    assert not alerts.open_now()


def test_a_pipe_tells_whom_the_report_was_for(sent):
    assert read_one(dsn("bounces@rounds.test"), NOW) == "quarantined"
    assert read_one(dsn("bounces@rounds.test"), NOW, path(sent)) == "kept"
    assert in_force()


def test_the_quarantine_has_an_end(monkeypatch):
    monkeypatch.setattr(feedback, "MOST_LAID_ASIDE", 3)
    for number in range(5):
        read_one(b"Subject: %d\r\n\r\n" % number, NOW)
    kept = feedback.laid_aside(10)
    assert len(kept) == 3
    assert feedback.raw_report(kept[0].id) == b"Subject: 4\r\n\r\n"


def test_a_goodbye_by_mail_ends_its_one_list(sent):
    factories.subscriber("ada", factories.DAILY)
    weekly = next(s for s in consent.subscriptions(sent.subscriber_id) if s.purpose == factories.WEEKLY)
    to = make_leave_address(weekly.uid.bytes, keyring(), current().return_path_domain)
    assert read_one(f"To: {to}\r\nAuto-Submitted: auto-replied\r\n\r\n".encode(), NOW) == "kept"
    entries = consent.ledger(sent.subscriber_id)
    assert entries[-1].method is Method.MAILTO
    assert not consent.standing(entries, factories.WEEKLY).permits
    assert consent.standing(entries, factories.DAILY).permits


@pytest.mark.parametrize(
    ("writer", "outcome"), [("Ada@Readers.TEST", "kept"), ("eve@readers.test", "quarantined")]
)
def test_a_reply_ends_the_list_of_whoever_wrote_it_and_of_nobody_else(sent, writer, outcome):
    uid, domain = sent.uid.hex, current().return_path_domain
    raw = f"From: {writer}\r\nIn-Reply-To: <{uid}@{domain}>\r\nSubject: Re: hello\r\n\r\nunsubscribe\r\n".encode()
    assert read_one(raw, NOW) == outcome
    permits = consent.standing(consent.ledger(sent.subscriber_id), factories.WEEKLY).permits
    assert permits == (outcome != "kept")
