"""The address of the mailbox of reports is read whole or refused, and never told."""

from __future__ import annotations

import pytest

from pipeline.core.errors import BadInput
from pipeline.core.feedback.mailbox_url import Protocol, parse_mailbox_url


def test_an_address_says_protocol_host_port_and_folder():
    found = parse_mailbox_url("imaps://bounces%40rounds.test:s%2Fecret@mail.rounds.test/Reports")
    assert (found.protocol, found.host, found.port, found.tls) == (
        Protocol.IMAP,
        "mail.rounds.test",
        993,
        True,
    )
    assert (found.user, found.secret, found.folder) == ("bounces@rounds.test", "s/ecret", "Reports")
    assert "s/ecret" not in f"{found} {found!r}"


@pytest.mark.parametrize(("scheme", "port"), [("imap", 143), ("imaps", 993), ("pop3", 110), ("pop3s", 995)])
def test_each_protocol_has_its_usual_port(scheme, port):
    assert parse_mailbox_url(f"{scheme}://u:s@mail.rounds.test").port == port


def test_without_tls_it_is_asked_for_except_on_this_machine():
    assert parse_mailbox_url("imap://u:s@mail.rounds.test").starttls
    assert not parse_mailbox_url("imap://u:s@127.0.0.1").starttls
    assert not parse_mailbox_url("imaps://u:s@mail.rounds.test").starttls


@pytest.mark.parametrize(
    "url",
    [
        "smtp://u:topsecret@mail.rounds.test",
        "imaps://mail.rounds.test",
        "imaps://u@mail.rounds.test",
        "imaps://u:topsecret@",
        "imaps://u:topsecret@mail.rounds.test:99999",
        "imaps://u:topsecret@mail.rounds.test:0",
        "imaps://u:topsecret@mail.rounds.test/x?y=1",
        "imaps://u:topsecret%0d%0aA1 LOGOUT@mail.rounds.test",
        "pop3s://u:topsecret@mail.rounds.test/folder",
        "imaps://u:topsecret@[::1",
    ],
)
def test_what_cannot_be_used_is_refused_without_its_secret(url):
    with pytest.raises(BadInput) as error:
        parse_mailbox_url(url)
    assert "topsecret" not in str(error.value)
