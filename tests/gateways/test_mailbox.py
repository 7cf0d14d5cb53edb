"""Reports are read from IMAP, POP3 and a Maildir, and taken away only when their reader says so."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.core.errors import Unavailable
from pipeline.core.feedback.mailbox_url import ReportMailbox, parse_mailbox_url
from pipeline.core.feedback.mime import LARGEST
from pipeline.gateways.mailbox import Maildir, opened
from tests.mail_stores import SECRET, USER, MailStore, certificate, serving

ONE, TWO = b"Subject: one\r\n\r\n.a dot\r\n", b"Subject: two\r\n\r\n" + b"x" * 5000 + b"\r\n"


def address(store: MailStore, scheme: str, host: str = "127.0.0.1", secret: str = SECRET) -> ReportMailbox:
    return parse_mailbox_url(
        f"{scheme}://{quote(USER, safe='')}:{quote(secret, safe='')}@{host}:{store.port}"
    )


def test_imap_gives_the_messages_and_moves_them_when_told():
    with serving(MailStore(ONE, TWO, ONE), "imap") as store:
        with opened(address(store, "imap")) as box:
            waiting = list(box.waiting(10))
            assert [message.raw for message in waiting] == [ONE, TWO, ONE]
            assert store.names("INBOX") == [1, 2, 3]
            box.done(waiting[0].name)
            box.aside(waiting[1].name)
        assert (store.names("INBOX"), store.names("Processed"), store.names("Quarantine")) == ([3], [1], [2])


@pytest.mark.parametrize("last", [False, True])
def test_imap_and_a_maildir_say_when_they_took_a_message(tmp_path: Path, last):
    with serving(MailStore(ONE), "imap") as store:
        store.taken, store.date_last = "24-Nov-2026 11:30:05 +0200", last
        with opened(address(store, "imap")) as box:
            [message] = box.waiting(10)
    assert (message.raw, message.received) == (ONE, datetime(2026, 11, 24, 9, 30, 5, tzinfo=UTC))
    (tmp_path / "new").mkdir()
    for name in ("1795512605.M20046P2137.mx", "0.test", "strange"):
        (tmp_path / "new" / name).write_bytes(ONE)
    received = {message.name: message.received for message in Maildir(tmp_path).waiting(10)}
    assert received == {
        "new/1795512605.M20046P2137.mx": datetime(2026, 11, 24, 9, 30, 5, tzinfo=UTC),
        "new/0.test": None,
        "new/strange": None,
    }


def test_imap_reads_no_more_of_a_message_than_a_report_has():
    with serving(MailStore(b"x" * (3 * LARGEST)), "imap") as store, opened(address(store, "imap")) as box:
        [message] = box.waiting(10)
        assert len(message.raw) == LARGEST + 1


def test_pop3_deletes_when_told_and_at_the_end():
    with serving(MailStore(ONE, TWO, ONE), "pop3") as store:
        with opened(address(store, "pop3")) as box:
            waiting = list(box.waiting(10))
            assert [message.raw.rstrip() for message in waiting] == [ONE.rstrip(), TWO.rstrip(), ONE.rstrip()]
            box.done(waiting[0].name)
            box.aside(waiting[2].name)
            assert store.names("INBOX") == [1, 2, 3]
        assert store.names("INBOX") == [2]


def test_pop3_leaves_what_is_larger_than_any_report():
    with (
        serving(MailStore(b"x" * (LARGEST + 1), ONE), "pop3") as store,
        opened(address(store, "pop3")) as box,
    ):
        assert [message.name for message in box.waiting(10)] == ["2"]


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_a_wrong_secret_is_told_and_not_repeated(protocol):
    with (
        serving(MailStore(), protocol) as store,
        pytest.raises(Unavailable) as error,
        opened(address(store, protocol, secret="not the secret")),
    ):
        pass
    assert "not the secret" not in str(error.value)


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_a_server_that_is_away_or_dies_is_told(protocol):
    with serving(MailStore(ONE), protocol) as store:
        where = address(store, protocol)
        store.dies_after = 3
        with pytest.raises(Unavailable), opened(where) as box:
            list(box.waiting(10))
    with pytest.raises(Unavailable), opened(where):
        pass


@pytest.mark.parametrize("protocol", ["imap", "pop3"])
def test_a_certificate_is_verified(protocol, tmp_path):
    made = certificate(tmp_path)
    trust = ssl.create_default_context(cafile=str(made))
    with serving(MailStore(ONE), protocol, made) as store:
        with opened(address(store, f"{protocol}s", "localhost"), trust) as box:
            assert len(list(box.waiting(10))) == 1
        with (
            pytest.raises(Unavailable, match=r"(?i)certificate"),
            opened(address(store, f"{protocol}s", "localhost")),
        ):
            pass
        with (
            pytest.raises(Unavailable, match=r"(?i)certificate"),
            opened(address(store, f"{protocol}s"), trust),
        ):
            pass  # another name than the certificate's


def test_a_maildir_gives_the_oldest_first_and_moves_what_is_done(tmp_path: Path):
    for part in ("new", "cur", "tmp"):
        (tmp_path / part).mkdir()
    (tmp_path / "new" / "1795510802.b").write_bytes(TWO)
    (tmp_path / "cur" / "1795510801.a:2,S").write_bytes(ONE)
    (tmp_path / "tmp" / "1795510800.c").write_bytes(b"not delivered yet")
    box = Maildir(tmp_path)
    waiting = list(box.waiting(10))
    assert [message.raw for message in waiting] == [ONE, TWO]
    box.done(waiting[0].name)
    box.aside(waiting[1].name)
    assert not list(box.waiting(10))
    assert [path.name for path in tmp_path.glob(".Processed/cur/*")] == ["1795510801.a:2,S"]
    assert [path.name for path in tmp_path.glob(".Quarantine/cur/*")] == ["1795510802.b:2,S"]


def test_a_folder_that_is_no_maildir_is_told(tmp_path: Path):
    with pytest.raises(Unavailable, match="ROUNDS_BOUNCE_MAILDIR"):
        list(Maildir(tmp_path).waiting(1))
