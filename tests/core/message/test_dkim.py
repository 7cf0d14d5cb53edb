"""Our signatures hold for verifiers that are not ours, and for nothing but what we sent."""

from __future__ import annotations

import base64
import re

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import BadInput
from pipeline.core.message.dkim import OVERSIGNED, SIGNED, relaxed_field, signed_names, signer
from tests.core.message.letters import ed25519_signer, records, rsa_signer, template, values
from tests.dkim_verifier import relaxed, split, tag_list, verified

BOTH = (rsa_signer, ed25519_signer)
VISIBLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60)


def signed(**changes: object) -> bytes:
    return bytes(template(signers=[make() for make in BOTH]).fill(values(**changes)))  # type: ignore[arg-type]


def holds(message: bytes) -> dict[str, bool]:
    return verified(message, records(*(make() for make in BOTH)))


def by_dkimpy(message: bytes) -> bool:
    """What dkimpy says of the first signature, the RSA one."""
    dns = {f"{name}.".encode(): value.encode() for name, value in records(rsa_signer()).items()}
    try:
        return bool(dkimpy.DKIM(message).verify(0, dnsfunc=lambda name, timeout=5: dns[name]))
    except dkimpy.ValidationError:
        return False


def signature_fields(message: bytes) -> list[dict[str, str]]:
    fields = split(message.partition(b"\r\n\r\n")[0] + b"\r\n")
    return [tag_list(value) for name, value in fields if name == b"DKIM-Signature"]


def test_both_signatures_hold_for_an_independent_verifier() -> None:
    assert holds(signed()) == {"r1": True, "e1": True}


def test_the_rsa_signature_holds_for_dkimpy() -> None:
    assert by_dkimpy(signed())


def test_dkimpy_sees_a_changed_byte() -> None:
    assert not by_dkimpy(signed().replace(b"What the scan", b"What the Scan"))


@given(
    st.emails(),
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=120),
    st.text("ABCab01-_", min_size=36, max_size=36),
)
def test_the_signatures_hold_whatever_the_values(address: str, name: str, token: str) -> None:
    try:
        filled = values(address, f"Hello {name},", token)
    except BadInput:
        return  # an address with no safe form is refused before this
    message = bytes(template(signers=[ed25519_signer()]).fill(filled))
    assert verified(message, records(ed25519_signer())) == {"e1": True}


@given(st.data())
def test_any_changed_byte_of_the_body_breaks_both(data: st.DataObject) -> None:
    message = signed()
    start = message.index(b"\r\n\r\n") + 4
    places = [n for n in range(start, len(message)) if message[n : n + 1] not in b" \t\r\n"]
    at = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([c for c in b"aZ9=" if c != message[at]]))
    assert holds(message[:at] + bytes([other]) + message[at + 1 :]) == {"r1": False, "e1": False}


@pytest.mark.parametrize("name", SIGNED)
def test_a_signed_field_that_is_changed_or_added_breaks_both(name: str) -> None:
    message = signed()
    line = re.search(rb"(?m)^%s:(?:.*\r\n[ \t])*.*\r\n" % name.encode(), message)
    changed = (
        message.replace(line[0], line[0][:-2] + b"x\r\n") if line else f"{name}: x\r\n".encode() + message
    )
    assert holds(changed) == {"r1": False, "e1": False}


@pytest.mark.parametrize("name", sorted(OVERSIGNED))
@pytest.mark.parametrize("above", [True, False])
def test_a_second_field_that_readers_might_show_breaks_both(name: str, above: bool) -> None:
    message = signed()
    extra = f"{name}: <eve@elsewhere.test>\r\n".encode()
    header, _, body = message.partition(b"\r\n\r\n")
    changed = extra + message if above else header + b"\r\n" + extra + b"\r\n" + body
    assert holds(changed) == {"r1": False, "e1": False}
    assert not by_dkimpy(changed)


def test_the_tags_are_those_of_the_standards() -> None:
    first, second = signature_fields(signed())
    assert (first["a"], second["a"]) == ("rsa-sha256", "ed25519-sha256")
    for tags in (first, second):
        assert tags["c"] == "relaxed/relaxed"
        assert tags["d"] == "rounds.example"
        assert tags["t"] == "1763974800"
        assert "l" not in tags
        assert "x" not in tags
    assert (first["s"], second["s"]) == ("r1", "e1")


@pytest.mark.holds("U-04")
def test_h_covers_the_fields_of_m_16_and_oversigns_those_of_m_17() -> None:
    """`List-Unsubscribe` and its Post stand in it twice: that is one-click's own condition (U-04)."""
    names = signature_fields(signed())[0]["h"].split(":")
    assert set(names) == {
        "from", "to", "cc", "subject", "date", "message-id", "reply-to", "mime-version", "content-type",
        "content-transfer-encoding", "list-id", "list-unsubscribe", "list-unsubscribe-post", "list-help",
        "feedback-id", "auto-submitted",
    }  # fmt: skip
    there = {
        "from", "to", "subject", "date", "message-id", "content-type", "mime-version", "list-unsubscribe",
        "list-unsubscribe-post",
    }  # fmt: skip
    assert {name for name in names if names.count(name) == 2} == there
    assert not {"return-path", "received", "comments", "keywords"} & set(names)


def test_a_signature_is_the_same_at_every_attempt() -> None:
    assert signed() == signed()


def test_lines_of_the_signature_stay_within_78() -> None:
    header = signed().partition(b"\r\n\r\n")[0]
    assert max(map(len, header.split(b"\r\n"))) <= 78
    assert not any(line.endswith(b" ") for line in header.split(b"\r\n"))


@given(VISIBLE, st.lists(st.sampled_from([" ", "\t", "\r\n ", "\r\n\t"]), max_size=4), VISIBLE)
def test_a_field_is_relaxed_as_the_verifier_does_it(first: str, blanks: list[str], second: str) -> None:
    field = f"X-Test:{first}{''.join(blanks)}{second}\r\n".encode()
    name, _, value = field.partition(b":")
    assert relaxed_field(field) == relaxed((name, value))


def test_an_absent_field_is_named_once_and_a_present_one_that_is_oversigned_twice() -> None:
    names = signed_names(["From", "To"])
    assert names.count("from") == names.count("to") == 2
    assert names.count("subject") == names.count("list-id") == 1


def test_a_weak_or_foreign_key_is_refused_with_a_sentence() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    with pytest.raises(BadInput, match=r"1024 bits, and receivers want 2048 .*rounds dkim new"):
        signer("rounds.example", "r1", weak)
    with pytest.raises(BadInput, match="neither RSA nor Ed25519"):
        signer("rounds.example", "r1", ec.generate_private_key(ec.SECP256R1()))


@pytest.mark.parametrize("selector", ["", "a b", "a;d=evil", "A", "a.b", "-a", "a\r\nb"])
def test_a_selector_that_could_break_its_tag_is_refused(selector: str) -> None:
    with pytest.raises(BadInput, match="selector"):
        signer("rounds.example", selector, Ed25519PrivateKey.generate())


# RFC 8463 appendix A.

RFC_KEY = Ed25519PrivateKey.from_private_bytes(
    base64.b64decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
)
RFC_RECORDS = {
    "brisbane._domainkey.football.example.com": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test._domainkey.football.example.com": (
        "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/"
        "J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOT"
        "IKT+l/K4w3QIDAQAB"
    ),
}
RFC_MESSAGE = (
    b"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
    b" d=football.example.com; i=@football.example.com;\r\n"
    b" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
    b" subject : date : message-id : from : subject : date;\r\n"
    b" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    b" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
    b" Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
    b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
    b" d=football.example.com; i=@football.example.com;\r\n"
    b" q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n"
    b" date : message-id : from : subject : date;\r\n"
    b" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    b" b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n"
    b" DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n"
    b" dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n"
    b"From: Joe SixPack <joe@football.example.com>\r\n"
    b"To: Suzie Q <suzie@shopping.example.net>\r\n"
    b"Subject: Is dinner ready?\r\n"
    b"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    b"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    b"\r\n"
    b"Hi.\r\n"
    b"\r\n"
    b"We lost the game.  Are you hungry yet?\r\n"
    b"\r\n"
    b"Joe.\r\n"
)


def test_the_verifier_of_these_tests_agrees_with_the_vectors_of_rfc_8463() -> None:
    assert verified(RFC_MESSAGE, RFC_RECORDS) == {"brisbane": True, "test": True}
    assert verified(RFC_MESSAGE.replace(b"hungry", b"angry"), RFC_RECORDS) == {
        "brisbane": False,
        "test": False,
    }


def test_our_signer_makes_the_signature_and_the_record_of_rfc_8463() -> None:
    ours = signer("football.example.com", "brisbane", RFC_KEY)
    assert ours.public_record == RFC_RECORDS[ours.record_name]
    fields = {
        name.lower(): (name, value)
        for name, value in split(RFC_MESSAGE.partition(b"\r\n\r\n")[0] + b"\r\n")[2:]
    }
    own = RFC_MESSAGE.partition(b" b=")[0] + b" b="
    data = b"".join(
        relaxed_field(b":".join(fields[name]))
        for name in (b"from", b"to", b"subject", b"date", b"message-id")
    ) + relaxed_field(own).removesuffix(b"\r\n")
    assert ours.sign(data) == base64.b64decode(
        "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
    )


def test_an_rsa_record_is_a_subject_public_key_info() -> None:
    key = base64.b64decode(rsa_signer().public_record.partition("p=")[2])
    assert serialization.load_der_public_key(key).key_size == 2048  # type: ignore[union-attr]
