"""A message that is joined is a message like any other, whatever its letter and its values (C7, rows 70 to 72)."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.delivery.commands import body as on_data
from pipeline.core.errors import BadInput
from pipeline.core.message.headers import HARD_LIMIT
from pipeline.core.message.letter_template import Links
from pipeline.core.message.mime import HEADER_LIMIT
from pipeline.core.message.slots import encoded_slot
from pipeline.core.message.wire import Wire
from tests.core.message.letters import BASE, HTML, TEXT, ed25519_signer, rsa_signer, template, values
from tests.dkim_verifier import relaxed_body

# No "[[", which would make a slot of it.
CONTENT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="["), max_size=400)
LINES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=300)
SUBJECTS = LINES.filter(lambda text: text.strip() != "" and "[[" not in text)
NAMES = LINES.map(lambda text: f"Hello {text},")
TOKENS = st.text("ABCxyz019-_", min_size=36, max_size=36)
AWKWARD = [
    ".", "..", "\n.\n", "\r.\r", "\r\n.\r\n", "\r\n.\r\nMAIL FROM:<eve@elsewhere.test>\r\n", "a\rb", "a\nb",
    "x" * 100_000, "é" * 100_000, "From here on", "\nFrom \n", "ends in a space \n", "tab\tand\t\ttab\t\n", "  \n  ",
    "\0", "=", "=\r\n", "\u2028", "",
]  # fmt: skip


def parsed(data: bytes) -> EmailMessage:
    return email.message_from_bytes(data, policy=email.policy.default)


def part(data: bytes, kind: str) -> str:
    found = parsed(data).get_body((kind,))
    assert found is not None
    return found.get_payload(decode=True).decode()  # type: ignore[union-attr]


def in_crlf(text: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", text)


def whole(message: Wire) -> bytes:
    """Its bytes, of which it knows the number."""
    data = bytes(message)
    assert len(message) == message.size == len(data)
    return data


def assert_wire(data: bytes) -> None:
    """What `Wire` promises, RFC 5322 sections 2.1.1, 2.3 and 3.6, and M-30."""
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", data)
    assert data.endswith(b"\r\n")
    assert not data.endswith(b"\r\n\r\n")
    header, _, body = data.partition(b"\r\n\r\n")
    assert len(header) < HEADER_LIMIT
    for line in data.split(b"\r\n"):
        assert len(line) <= HARD_LIMIT
        assert not line.startswith(b".")
    assert body.isascii()
    assert max(map(len, body.split(b"\r\n"))) <= 78
    assert on_data(data) == data, "dot-stuffing would change it"
    assert relaxed_body(body) == body, "relaxed canonicalisation would change it"
    names = [line.partition(b":")[0].lower() for line in re.split(rb"\r\n(?![ \t])", header)]
    for name in set(names) - {b"dkim-signature"}:
        assert names.count(name) == 1
    assert {b"date", b"from", b"to", b"subject", b"message-id", b"mime-version"} <= set(names)
    assert b"bcc" not in names


@given(CONTENT, CONTENT, SUBJECTS)
def test_any_letter_comes_back_as_it_was_rendered(html: str, text: str, subject: str) -> None:
    data = whole(template(html, text, subject).fill(values()))
    assert_wire(data)
    assert parsed(data)["Subject"] == subject
    assert not parsed(data).defects
    assert part(data, "html") == in_crlf(html)
    assert part(data, "plain") == in_crlf(text)


@pytest.mark.parametrize("content", AWKWARD, ids=range(len(AWKWARD)))
def test_awkward_letters_come_back_as_they_were_and_end_no_message_early(content: str) -> None:
    """C7, row 71."""
    data = whole(template(content, content).fill(values()))
    assert_wire(data)
    assert part(data, "html") == part(data, "plain") == in_crlf(content)


@given(NAMES, st.emails(), TOKENS)
def test_any_values_come_back_in_their_places_alone(greeting: str, address: str, token: str) -> None:
    try:
        filled = values(address, greeting, token)
    except BadInput:
        return
    data = whole(template().fill(filled))
    assert_wire(data)
    days = ("[[signed_up_on]]", "30 September 2026"), ("[[help_url]]", "https://rounds.example/privacy/")
    for kind, content, shown in (("html", HTML, escape), ("plain", TEXT, str)):
        for slot, value in (
            ("[[greeting]]", greeting),
            ("[[address]]", address),
            ("[[unsubscribe_url]]", f"https://rounds.example/u/{token}"),
            ("[[preferences_url]]", f"https://rounds.example/p/{token[::-1]}"),
            *days,
        ):
            content = content.replace(slot, shown(value).replace("[[", "[\0["))
        assert part(data, kind) == in_crlf(content.replace("[\0[", "[["))
    assert parsed(data)["List-Unsubscribe"].strip() == f"<https://rounds.example/u/{token}>"


@given(NAMES, TOKENS)
def test_two_fills_differ_only_in_the_holes(greeting: str, token: str) -> None:
    letter = template()
    one, other = (
        letter.header.filled(values()),
        letter.header.filled(values("ben@readers.test", greeting, token)),
    )
    body_one, body_other = (
        letter.body.filled(values()),
        letter.body.filled(values("b@readers.test", greeting, token)),
    )
    for made, alike, holes in (
        (one, other, letter.header.holes),
        (body_one, body_other, letter.body.holes),
    ):
        places = {place for place, _ in holes}
        assert all(
            a == b for place, (a, b) in enumerate(zip(made, alike, strict=True)) if place not in places
        )


@given(NAMES)
def test_the_same_values_give_the_same_bytes(greeting: str) -> None:
    signers = [rsa_signer(), ed25519_signer()]
    first = whole(template(signers=signers).fill(values(greeting=greeting)))
    assert whole(template(signers=signers).fill(values(greeting=greeting))) == first
    assert_wire(first)


def test_no_name_is_ever_a_slot_or_a_tag_or_a_template() -> None:
    for name in (
        "[[address]]",
        "{{7*7}}",
        "<script>",
        "&amp;",
        "%s",
        "\\1",
        '"><img src=x>',
        "=0D=0ABcc: eve@x.test",
    ):
        data = whole(template().fill(values(greeting=f"Hello {name},")))
        assert f"Hello {name}," in part(data, "plain")
        assert escape(f"Hello {name},") in part(data, "html")


LONGEST = "a" * 64 + "@" + ".".join(["b" * 61] * 3) + ".te"  # 254 bytes
BREAKS = [
    "\r\nBcc: eve@elsewhere.test",
    "\nBcc: x",
    "\r",
    "\0",
    "\x0b",
    "\x1b[2J",
    "\x7f",
    "\x85",
    "\u2028",
    "\u2029",
]


@pytest.mark.parametrize("extra", BREAKS)
def test_a_value_that_could_break_out_is_refused(extra: str) -> None:
    """C7, row 70."""
    for name in ("greeting", "address"):
        with pytest.raises(BadInput, match=name):
            encoded_slot(name, f"Ada{extra}")
    with pytest.raises(BadInput):
        values(f"ada{extra}@readers.test")
    with pytest.raises(BadInput):
        template(subject=f"Ada{extra}")


def test_a_subject_of_many_encoded_words_stays_within_its_lines() -> None:
    subject = "😀é" * 400
    data = whole(template(subject=subject).fill(values()))
    assert_wire(data)
    assert parsed(data)["Subject"] == subject


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ada+weekly@readers.test", b"ada+weekly@readers.test"),
        ('"ada b"@readers.test', b'"ada b"@readers.test'),
        ('"ada  b"@readers.test', b'"ada  b"@readers.test'),
        ("Ada.Byron@READERS.Test", b"Ada.Byron@readers.test"),
        ("ada@bücher.test", b"ada@xn--bcher-kva.test"),
        ("zoë@readers.test", "zoë@readers.test".encode()),
        ("-ada@readers.test", b"-ada@readers.test"),
        ("a@b", b"a@b"),
        (
            "a" * 64 + "@" + ".".join(["b" * 61] * 3) + ".te",
            ("a" * 64 + "@" + ".".join(["b" * 61] * 3) + ".te").encode(),
        ),
    ],
)
def test_an_address_of_an_odd_form_is_written_whole_and_signed(address: str, written: bytes) -> None:
    """C7, row 72."""
    from tests.core.message.letters import records
    from tests.dkim_verifier import verified

    data = whole(template(signers=[ed25519_signer()]).fill(values(address)))
    assert_wire(data)
    assert re.search(rb"\r\nTo:(?:\r\n)? " + re.escape(written) + rb"\r\n", data)
    assert address in part(data, "plain")
    assert verified(data, records(ed25519_signer())) == {"e1": True}


@pytest.mark.parametrize(
    "address",
    ["ada", "@readers.test", "ada@", "ada@readers.test.", "ada@[127.0.0.1]", "a" * 65 + "@readers.test", "ada@-x.test",
     "ada\u202e@readers.test", ".ada@readers.test", "ada..b@readers.test", "ada@" + "b" * 64 + ".test", "a b@c.test"],
)  # fmt: skip
def test_an_address_with_no_safe_form_is_refused(address: str) -> None:
    """C7, row 72. An address literal and a dot at the end are none that we write to."""
    with pytest.raises(BadInput):
        values(address)


def test_a_value_that_looks_like_the_start_of_a_mailbox_is_encoded() -> None:
    html, text = encoded_slot("greeting", "From Ada")
    assert html == text == b"=46rom Ada"


def test_links_are_escaped_in_html_and_plain_in_text() -> None:
    links = Links({"help_url": f"{BASE}/?a=1&b=2"}, {"unsubscribe_url": f"{BASE}/?a=1&t="})
    letter = '[[help_url]] [[unsubscribe_url]]"'
    data = whole(template(letter, letter, links=links).fill(values(token="t" * 36)))
    plain = f'{BASE}/?a=1&b=2 {BASE}/?a=1&t={"t" * 36}"'
    assert part(data, "plain") == plain
    assert part(data, "html") == plain.replace("&", "&amp;")


def test_a_link_that_messages_of_a_kind_do_not_have_is_refused() -> None:
    with pytest.raises(BadInput, match="confirm_url"):
        template(html="[[confirm_url]]")


def test_a_header_that_is_too_long_is_refused_once_and_not_for_each_message() -> None:
    with pytest.raises(BadInput, match=str(HEADER_LIMIT)):
        template(subject="word " * 1500 + "end")
