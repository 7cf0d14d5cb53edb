"""What our header fields look like on the wire, whatever is put into them."""

from __future__ import annotations

import email
import email.policy
import re
from base64 import b64decode
from binascii import a2b_qp
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import BadInput
from pipeline.core.message.headers import (
    Field,
    ListId,
    Mailbox,
    Moment,
    Sender,
    Structured,
    Unstructured,
    list_message_headers,
    serialise,
    system_message_headers,
)

SENDER = Sender(
    name="Rounds Health",
    address="news@rounds.example",
    reply_to="people@rounds.example",
    list_id_domain="lists.rounds.example",
    return_path_domain="bounces.rounds.example",
    feedback_sender_id="roundsmail",
    help_url="https://rounds.example/help",
)
DATE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

# Characters that may be in a header value: no controls, no halves of pairs, no line breaks of Unicode.
words = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=300).filter(
    str.strip
)


def one_issue(sender: Sender = SENDER, **changes: object) -> tuple[Field, ...]:
    values: dict[str, object] = {
        "to": "ada@subscriber.example",
        "subject": "What calcifications are",
        "message_id": "<1f.2e@rounds.example>",
        "date": DATE,
        "unsubscribe_url": "https://rounds.example/u/abcdefghijklmnopqrstuvwxyz0123456789",
        "list_label": "weekly-health-email",
        "list_name": "Weekly health email",
        "campaign": "c17",
    }
    return list_message_headers(sender, **{**values, **changes})  # type: ignore[arg-type]


def lines(*fields: Field) -> list[bytes]:
    block = serialise(fields)
    assert block.endswith(b"\r\n")
    return block.removesuffix(b"\r\n").split(b"\r\n")


def parsed(*fields: Field) -> EmailMessage:
    return email.message_from_bytes(serialise(fields) + b"\r\n", policy=email.policy.default)


def unfolded(*fields: Field) -> list[str]:
    return re.sub(rb"\r\n(?= )", b"", serialise(fields)).decode().splitlines()


@pytest.mark.holds("U-01")
def test_an_issue_carries_each_field_once_and_in_the_form_that_receivers_read() -> None:
    assert unfolded(*one_issue()) == [
        "Date: Mon, 23 Nov 2026 09:00:00 +0000",
        "From: Rounds Health <news@rounds.example>",
        "Reply-To: people@rounds.example",
        "To: ada@subscriber.example",
        "Subject: What calcifications are",
        "Message-ID: <1f.2e@rounds.example>",
        "List-Id: Weekly health email <weekly-health-email.lists.rounds.example>",
        "List-Unsubscribe: <https://rounds.example/u/abcdefghijklmnopqrstuvwxyz0123456789>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "List-Help: <https://rounds.example/help>",
        "List-Post: NO",
        "Feedback-ID: c17:weekly-health-email:newsletter:roundsmail",
        "Precedence: bulk",
        "X-Auto-Response-Suppress: OOF, AutoReply",
    ]


@pytest.mark.holds("U-03")
def test_one_click_is_byte_exact() -> None:
    assert lines(*one_issue()).count(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click") == 1


@pytest.mark.holds("U-33")
def test_a_system_message_says_that_a_machine_wrote_it_and_belongs_to_no_list() -> None:
    fields = system_message_headers(
        replace(SENDER, reply_to=""),
        to="ada@subscriber.example",
        subject="Hi",
        message_id="<1@a.example>",
        date=DATE,
    )
    assert [field.name for field in fields] == [
        "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    ]  # fmt: skip
    assert b"Auto-Submitted: auto-generated" in lines(*fields)


@pytest.mark.holds("U-02")
def test_an_unsubscribe_url_of_any_length_stays_whole_and_plain() -> None:
    for length in range(1, 501):
        url = f"https://rounds.example/u/{'a' * length}"
        block = serialise(one_issue(unsubscribe_url=url))
        assert re.search(rb"^List-Unsubscribe:( |\r\n )<https://[!-~]+>\r$", block, re.MULTILINE)
        assert f"<{url}>".encode() in block
        assert b"=?" not in block


def test_a_short_token_keeps_the_unsubscribe_line_within_78_characters() -> None:
    url = "https://rounds.example/u/".ljust(74, "a")
    assert max(map(len, lines(*one_issue(unsubscribe_url=url)))) <= 78


@given(words)
def test_any_subject_comes_back_as_it_was_and_keeps_the_limits(subject: str) -> None:
    field = Unstructured("Subject", subject)
    assert parsed(field)["Subject"] == subject
    assert_limits(field)


@pytest.mark.parametrize(
    "subject",
    [
        "é" * 200,
        "😀" * 80,
        "👩‍⚕️ What the scan shows: " * 9,
        "plain words " * 20 + "end",
        "x" * 300,
        "=?utf-8?q?looks_encoded?=",
        "  spaces  at  both ends  ",
        "a " * 37 + "é",
    ],
)
def test_long_and_odd_subjects_keep_the_limits(subject: str) -> None:
    field = Unstructured("Subject", subject)
    assert parsed(field)["Subject"] == subject
    assert_limits(field)


def assert_limits(field: Field) -> None:
    for line in lines(field):
        assert len(line) <= 76
        for encoding, payload in re.findall(rb"=\?utf-8\?([qb])\?([^? ]*)\?=", line):
            assert len(payload) + len("=?utf-8?q??=") <= 75
            raw = b64decode(payload) if encoding == b"b" else a2b_qp(payload, header=True)
            raw.decode("utf-8")  # each word holds whole characters


@given(words)
def test_any_display_name_leaves_the_address_alone(name: str) -> None:
    field = Mailbox("From", "news@rounds.example", name)
    raw = serialise([field])
    assert re.search(rb"[ \n]<news@rounds\.example>\r\n$", raw)
    (mailbox,) = parsed(field)["From"].addresses
    assert mailbox.addr_spec == "news@rounds.example"
    assert max(map(len, lines(field))) <= 76


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Rounds Health", b"From: Rounds Health <a@b.example>"),
        ("Rounds, by Health", b'From: "Rounds, by Health" <a@b.example>'),
        ('The "Rounds"', b'From: "The \\"Rounds\\"" <a@b.example>'),
        ("evil@elsewhere.example", b'From: "evil@elsewhere.example" <a@b.example>'),
        ("Zoë", b"From: =?utf-8?q?Zo=C3=AB?= <a@b.example>"),
        ("", b"From: a@b.example"),
    ],
)
def test_a_display_name_is_quoted_or_encoded_as_it_needs(name: str, written: bytes) -> None:
    field = Mailbox("From", "a@b.example", name)
    assert lines(field) == [written]
    assert parsed(field)["From"].addresses == (Address(name, addr_spec="a@b.example"),)


def test_an_international_domain_is_written_as_a_labels() -> None:
    assert lines(Mailbox("To", "user@Bücher.example")) == [b"To: user@xn--bcher-kva.example"]


def test_a_local_part_outside_ascii_waits_for_smtputf8() -> None:
    field = Mailbox("To", "zoë@subscriber.example")
    with pytest.raises(BadInput, match="SMTPUTF8"):
        serialise([field])
    assert serialise([field], smtputf8=True) == "To: zoë@subscriber.example\r\n".encode()


BREAKS = ["\r\nBcc: eve@x.example", "\nBcc: eve@x.example", "\rBcc: x", "\0", "\x0b", "\x1b[2J", "\x7f", "\x85", "\u2028", "\u2029", "\t", "\ud800"]  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("extra", BREAKS)
@pytest.mark.parametrize(
    "make",
    [
        lambda value: one_issue(subject=value),
        lambda value: one_issue(replace(SENDER, name=value)),
        lambda value: one_issue(replace(SENDER, reply_to=f"{value}@rounds.example")),
        lambda value: one_issue(replace(SENDER, address=f"news@rounds.example{value}")),
        lambda value: one_issue(replace(SENDER, help_url=f"https://rounds.example/{value}")),
        lambda value: one_issue(replace(SENDER, feedback_sender_id=value)),
        lambda value: one_issue(to=f"ada{value}@subscriber.example"),
        lambda value: one_issue(message_id=f"<1{value}@rounds.example>"),
        lambda value: one_issue(unsubscribe_url=f"https://rounds.example/u/{value}"),
        lambda value: one_issue(list_label=value),
        lambda value: one_issue(list_name=value),
        lambda value: one_issue(campaign=value),
        lambda value: (Structured("X-Tag", value),),
        lambda value: (Structured(f"X{value}", "tag"),),
    ],
)
@pytest.mark.holds("S-08")
def test_no_value_can_break_out_of_its_field(make, extra: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput):
        serialise(make(f"ada{extra}"))


def test_a_right_to_left_override_reaches_the_wire_only_encoded() -> None:
    assert serialise([Unstructured("Subject", "abc\u202edef")]).isascii()


def test_a_field_that_stands_twice_is_refused() -> None:
    with pytest.raises(BadInput, match="stands 2 times"):
        serialise([Unstructured("Subject", "one"), Unstructured("SUBJECT", "two")])


def test_bcc_is_refused() -> None:
    with pytest.raises(BadInput, match="Bcc"):
        serialise([Mailbox("Bcc", "eve@x.example")])


def test_an_empty_subject_is_refused() -> None:
    with pytest.raises(BadInput, match="Subject is empty"):
        serialise([Unstructured("Subject", "  ")])


def test_a_date_without_zone_is_refused_and_with_one_keeps_its_moment() -> None:
    with pytest.raises(BadInput, match="zone"):
        serialise([Moment("Date", datetime(2026, 11, 23))])  # noqa: DTZ001
    in_delhi = DATE.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert parsed(Moment("Date", in_delhi))["Date"].datetime == DATE


@pytest.mark.parametrize(
    "url",
    [
        "http://rounds.org/u/t",
        "mailto:leave@rounds.example",
        "https://rounds.example/u/t>, <mailto:x@y.example",
        "https://rounds.example/u/a b",
        "https://rounds.example/u/é",
        "http://127.0.0.1.evil.org/u/t",
        "http://127.0.0.1@evil.org/u/t",
        "https://[broken/u",
        "",
    ],
)
@pytest.mark.holds("U-02")
def test_an_unsubscribe_link_is_one_https_url(url: str) -> None:
    with pytest.raises(BadInput):
        one_issue(unsubscribe_url=url)


def test_plain_http_is_for_this_machine_alone() -> None:
    assert b"<http://127.0.0.1:8000/u/t>" in serialise(one_issue(unsubscribe_url="http://127.0.0.1:8000/u/t"))


@pytest.mark.holds("U-32")
def test_feedback_id_never_repeats_a_part_and_never_holds_a_space() -> None:
    with pytest.raises(BadInput, match="no two are the same"):
        one_issue(campaign="newsletter")
    with pytest.raises(BadInput, match="short ASCII words"):
        one_issue(campaign="breast health")
    with pytest.raises(BadInput, match="5 to 15"):
        one_issue(replace(SENDER, feedback_sender_id="abcd"))


@pytest.mark.holds("U-30")
def test_a_list_id_is_the_same_for_two_issues_and_its_phrase_may_be_any_words() -> None:
    first = [line for line in unfolded(*one_issue()) if line.startswith("List-Id")]
    second = [
        line for line in unfolded(*one_issue(subject="Another", campaign="c18")) if line.startswith("List-Id")
    ]
    assert first == second
    assert lines(ListId("Täglich", "daily.lists.example")) == [
        b"List-Id: =?utf-8?q?T=C3=A4glich?= <daily.lists.example>"
    ]


@pytest.mark.parametrize(
    "value", ["<a b>c<", "<unclosed", "unopened>", '"half', "two  spaces", " lead", "=?utf-8?q?x?=", ""]
)
def test_a_structured_value_out_of_form_is_refused(value: str) -> None:
    with pytest.raises(BadInput):
        serialise([Structured("X-Test", value)])


def test_a_structured_value_folds_only_outside_its_brackets() -> None:
    urls = ", ".join(f"<https://rounds.example/{'a' * 40}/{n}>" for n in range(4))
    written = lines(Structured("List-Help", urls))
    assert written[0] == b"List-Help:"
    assert [line.count(b"<") for line in written[1:]] == [line.count(b">") for line in written[1:]] == [1] * 4


def test_a_word_that_no_line_can_hold_is_refused() -> None:
    fields = one_issue(unsubscribe_url=f"https://rounds.example/{'a' * 1000}")
    with pytest.raises(BadInput, match="998"):
        serialise(fields)
