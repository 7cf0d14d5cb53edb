"""What we say to a server: within its offer, and never more than one command at a time."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core.delivery import commands
from pipeline.core.delivery.commands import Extensions
from pipeline.core.delivery.replies import Reply
from pipeline.core.errors import BadInput
from pipeline.core.message.addr_spec import addr_spec

NONE = Extensions()
ALL = Extensions.of(
    Reply(250, ("relay.example", "SIZE 1000000", "DSN", "8BITMIME", "SMTPUTF8", "auth=LOGIN", "AUTH PLAIN"))
)


def test_an_offer_is_read_whatever_its_case_and_spelling() -> None:
    assert "DSN" in ALL
    assert "STARTTLS" not in ALL
    assert ALL.size_limit == 1_000_000
    assert ALL.login_methods == {"LOGIN", "PLAIN"}


@pytest.mark.parametrize("line", ["SIZE", "SIZE many", "SIZE -1", "size=", "", "=", "  ", "SIZE ²"])
def test_an_odd_offer_does_no_harm(line: str) -> None:
    assert Extensions.of(Reply(250, ("relay.example", line))).size_limit == 0


def test_a_plain_server_is_asked_plainly() -> None:
    assert (
        commands.mail("b+x@bounces.example", NONE, size=10, envid="e")
        == b"MAIL FROM:<b+x@bounces.example>\r\n"
    )
    assert commands.rcpt("ada@b.example", NONE) == b"RCPT TO:<ada@b.example>\r\n"
    assert commands.mail("", NONE, size=10) == b"MAIL FROM:<>\r\n"


def test_bounces_are_asked_to_hold_headers_only_and_to_name_the_delivery() -> None:
    assert (
        commands.mail("b+x@bounces.example", ALL, size=10, envid="a+b=c")
        == b"MAIL FROM:<b+x@bounces.example> SIZE=10 RET=HDRS ENVID=a+2Bb+3Dc\r\n"
    )
    assert (
        commands.rcpt("ada+r=1@b.example", ALL)
        == b"RCPT TO:<ada+r=1@b.example> NOTIFY=FAILURE,DELAY ORCPT=rfc822;ada+2Br+3D1@b.example\r\n"
    )


def test_an_international_address_is_named_in_utf8() -> None:
    assert commands.rcpt("zoë@b.example", ALL).endswith("ORCPT=utf-8;zoë@b.example\r\n".encode())
    assert b" BODY=8BITMIME SMTPUTF8 " in commands.mail("a@b.example", ALL, size=1, smtputf8=True)


@pytest.mark.parametrize("extra", ["\r\nDATA", "\n", "\r", "\0", ">", "> NOTIFY=NEVER", " "])
def test_no_value_can_start_a_second_command(extra: str) -> None:
    with pytest.raises(BadInput):
        commands.mail(f"a{extra}@b.example", ALL, size=1)
    with pytest.raises(BadInput):
        commands.rcpt(f"a@b.example{extra}", ALL)
    if extra != ">":
        with pytest.raises(BadInput):
            commands.hello("EHLO", f"rounds{extra}.example")
    if not extra.startswith(">"):
        with pytest.raises(BadInput):
            commands.mail("a@b.example", ALL, size=1, envid=f"e{extra}")


def test_an_envelope_id_has_a_hundred_characters_at_most() -> None:
    assert commands.mail("a@b.example", ALL, size=1, envid="e" * 100)
    with pytest.raises(BadInput, match="100"):
        commands.mail("a@b.example", ALL, size=1, envid="e" * 99 + "+")


@pytest.mark.parametrize(
    ("message", "wire"),
    [
        (b".", b"..\r\n"),
        (b"", b"\r\n"),
        (b"a", b"a\r\n"),
        (b"a\r\n.\r\nb\r\n", b"a\r\n..\r\nb\r\n"),
        (b"..\r\n.\r\n", b"...\r\n..\r\n"),
        (b"a\n.\nMAIL FROM:<eve@x.example>\n", b"a\r\n..\r\nMAIL FROM:<eve@x.example>\r\n"),
        (b"a\r.\rb", b"a\r\n..\r\nb\r\n"),
        (b"a\n.\r\nb", b"a\r\n..\r\nb\r\n"),
        (b"a\r\n.\nb", b"a\r\n..\r\nb\r\n"),
        (b"a\r\r\n.\r\n", b"a\r\n\r\n..\r\n"),
    ],
)
def test_a_body_cannot_end_itself(message: bytes, wire: bytes) -> None:
    assert commands.body(message) == wire


@given(
    st.lists(st.sampled_from([b".", b"\r", b"\n", b"\r\n", b"a", b"\r\n.\r\n"]), max_size=30).map(b"".join)
)
def test_no_body_ends_itself_and_every_body_comes_back(message: bytes) -> None:
    wire = commands.body(message)
    assert not wire.startswith(b".\r\n")
    assert b"\r\n.\r\n" not in wire
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", wire)
    back = re.sub(rb"(^|\r\n)\.", rb"\1", wire)
    normal = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    assert back == (normal if normal.endswith(b"\r\n") else normal + b"\r\n")


local_parts = st.text(st.sampled_from('ab.+=-!{Z9 @"\r\n>\x7fzë'), max_size=70)
domains = st.text(st.sampled_from("ab.-Z9_ \r>ü"), max_size=20) | st.just("a." * 100 + "example")


@given(local_parts, domains)
@example("a" * 64, "b.example")
@example("a" * 65, "b.example")
@example("a" * 60, ("b" * 60 + ".") * 3 + "bbbbbbbbbbb")
def test_the_quick_look_at_an_address_lets_nothing_pass_that_the_careful_one_refuses(
    local: str, domain: str
) -> None:
    address = f"{local}@{domain}"
    try:
        expected = f"RCPT TO:<{addr_spec(address)}>\r\n".encode()
    except BadInput:
        with pytest.raises(BadInput):
            commands.rcpt(address, NONE)
    else:
        assert commands.rcpt(address, NONE) == expected
