"""Which addresses may go on the wire, and in what form."""

from __future__ import annotations

import pytest

from pipeline.core.errors import BadInput
from pipeline.core.message.addr_spec import a_label, addr_spec


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("Ada@Subscriber.EXAMPLE", "Ada@subscriber.example"),
        ("ada+rounds@subscriber.example", "ada+rounds@subscriber.example"),
        ('"ada b"@subscriber.example', '"ada b"@subscriber.example'),
        ('"a@b"@subscriber.example', '"a@b"@subscriber.example'),
        ("user@bücher.example", "user@xn--bcher-kva.example"),
        ("user@BÜCHER.example", "user@xn--bcher-kva.example"),
        (f"{'a' * 64}@b.example", f"{'a' * 64}@b.example"),
    ],
)
def test_an_address_keeps_its_local_part_and_gets_a_plain_domain(address: str, wire: str) -> None:
    assert str(addr_spec(address)) == wire


@pytest.mark.parametrize(
    "address",
    [
        "", "ada", "@b.example", "ada@", "ada@b@c.example", "a..b@c.example", ".a@c.example",
        "a.@c.example", "a b@x.example",
        "a@b.example>", "<a@b.example", "a@b.example\r\nRCPT TO:<c@d.example>", "a\0@b.example",
        "a@b..example", "a@-b.example",
        "a@b.example.", "a@b_c.example", '"a"b"@c.example', '"a\n"@c.example', "a@bü..example",
        f"{'a' * 65}@b.example",
        f"{'é' * 33}@b.example", f"a@{'b' * 64}.example", f"a@{'.'.join(['b' * 60] * 5)}", "a@[127.0.0.1]",
        "\ud800@b.example", "a\u2028b@c.example",
    ],
)  # fmt: skip
def test_what_no_command_can_carry_is_refused(address: str) -> None:
    with pytest.raises(BadInput):
        addr_spec(address)


def test_only_a_local_part_outside_ascii_needs_smtputf8() -> None:
    assert addr_spec("zoë@b.example").needs_smtputf8
    assert not addr_spec("zoe@bücher.example").needs_smtputf8


def test_a_domain_is_compared_in_its_ascii_form() -> None:
    assert a_label("STRASSE.example") == "strasse.example"
    assert a_label("bücher.example") == a_label("xn--bcher-kva.EXAMPLE")
