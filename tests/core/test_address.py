import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.address import address_key, canonical, masked, parse
from pipeline.core.errors import BadInput

KEY = bytes(range(32))


def test_the_domain_is_folded_and_the_local_part_is_kept_for_delivery():
    address = parse("Ada.Lovelace@EXAMPLE.Test")
    assert address.original == "Ada.Lovelace@EXAMPLE.Test"
    assert address.mailbox == "Ada.Lovelace@example.test"


def test_an_international_domain_is_sent_as_an_a_label_and_shown_as_it_is_written():
    address = parse("ben@bücher.example")
    assert address.domain_ascii == "xn--bcher-kva.example"
    assert address.domain_shown == "bücher.example"
    assert canonical(address) == canonical(parse("ben@XN--BCHER-KVA.example"))


def test_two_spellings_of_one_mailbox_share_a_key():
    one, two = (address_key(canonical(parse(text)), KEY) for text in ("A@X.Test", "a@x.test"))
    assert one == two
    assert len(one) == 32


@pytest.mark.parametrize("other", ["a.da@x.test", "ada+list@x.test", "ada@y.test"])
def test_dots_and_plus_signs_are_other_mailboxes(other):
    assert canonical(parse(other)) != canonical(parse("ada@x.test"))


def test_the_key_decides_the_hash():
    assert address_key("ada@x.test", KEY) != address_key("ada@x.test", KEY[::-1])


def test_a_key_too_short_to_be_secret_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        address_key("ada@x.test", b"short")


def test_a_masked_address_shows_one_letter():
    assert masked(parse("ada@example.test")) == "a…@example.test"


def test_space_from_a_phone_keyboard_is_forgiven():
    assert parse("  ada@example.test ").mailbox == "ada@example.test"


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.test\r\nBcc: eve@example.test",
        "ada@example.test\n",
        "ada\x00@example.test",
        "ada@example.test\u2028",
        "\x85ada@example.test",
    ],
)
def test_an_address_with_a_line_break_or_a_control_character_is_refused(text):
    with pytest.raises(BadInput, match="line breaks"):
        parse(text)


def test_a_local_part_that_is_not_ascii_gets_a_sentence_of_its_own():
    with pytest.raises(BadInput, match="accented letters before the @"):
        parse("josé@example.test")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ada",
        "@example.test",
        "ada@",
        "ada@b",
        "ada@localhost",
        "ada@[192.0.2.1]",
        "ada@example.test.",
        "a..da@example.test",
        '"ada b"@example.test',
        "Ada <ada@example.test>",
        "ada@eve@example.test",
        "ada@example.test, ben@example.test",
        "ada@exa mple.test",
    ],
)
def test_what_is_no_single_plain_mailbox_is_refused_with_a_sentence(text):
    with pytest.raises(BadInput, match=r"[.]$"):
        parse(text)


def test_a_local_part_of_64_octets_is_the_longest():
    assert parse("a" * 64 + "@example.test")
    with pytest.raises(BadInput, match="64"):
        parse("a" * 65 + "@example.test")


def test_an_address_of_254_octets_is_the_longest():
    domain = ".".join(["d" * 61] * 3)
    rest = 254 - len("a@" + domain) - len(".test")
    assert len(parse("a" * (rest + 1) + "@" + domain + ".test").mailbox) == 254
    with pytest.raises(BadInput):
        parse("a" * (rest + 2) + "@" + domain + ".test")


@given(st.text(max_size=80))
def test_any_text_is_an_address_without_control_characters_or_a_sentence(text):
    try:
        mailbox = parse(text).mailbox
    except BadInput:
        return
    assert mailbox.isascii()
    assert mailbox.isprintable()
    assert " " not in mailbox
