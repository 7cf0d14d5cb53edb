"""What is sealed opens for its own subject, in its own place, under its own key, and nowhere else."""

from __future__ import annotations

from base64 import b64decode, b64encode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.consent import sealed
from pipeline.core.consent.sealed import (
    ADDRESS,
    DAMAGED,
    ERASED,
    NAME,
    DamagedError,
    UnknownKeyError,
    Wrapping,
)

ADA, BEN = UUID(int=1), UUID(int=2)
YES, NO = UUID(int=11), UUID(int=12)
KEY, NONCE = bytes(range(32)), bytes(12)
SECRET = b"s" * 32
EVIDENCE = {"network": "192.0.2.0/24", "page_url": "https://clinic.example/", "line": 3}


def test_a_person_opens_with_what_was_kept_of_them():
    wrapping = Wrapping.from_secret(SECRET)
    key = wrapping.unwrap(wrapping.wrap(KEY, ADA, NONCE), ADA)
    address = sealed.seal(key, ADDRESS, ADA, "zoë@bücher.test", NONCE)
    assert sealed.open_texts(key, ADA, address, None) == ("zoë@bücher.test", "")
    assert sealed.open_texts(key, ADA, address, sealed.seal(key, NAME, ADA, "Zoë", NONCE)) == (
        "zoë@bücher.test",
        "Zoë",
    )


def test_nothing_opens_in_the_place_of_something_else():
    wrapping = Wrapping.from_secret(SECRET)
    address = sealed.seal(KEY, ADDRESS, ADA, "ada@readers.test", NONCE)
    name = sealed.seal(KEY, NAME, ADA, "Ada", NONCE)
    for uid, first, second in ((BEN, address, None), (ADA, name, None), (ADA, address, address)):
        with pytest.raises(DamagedError):
            sealed.open_texts(KEY, uid, first, second)
    with pytest.raises(DamagedError):
        wrapping.unwrap(wrapping.wrap(KEY, ADA, NONCE), BEN)


def test_a_key_of_another_secret_is_told_apart_from_a_damaged_one():
    wrapped = Wrapping.from_secret(SECRET).wrap(KEY, ADA, NONCE)
    with pytest.raises(UnknownKeyError, match="another ROUNDS_SECRET_KEY"):
        Wrapping.from_secret(b"t" * 32).unwrap(wrapped, ADA)
    with pytest.raises(DamagedError):
        Wrapping.from_secret(SECRET).unwrap(wrapped[:-1] + bytes([wrapped[-1] ^ 1]), ADA)


@given(st.data())
def test_whatever_is_changed_or_cut_short_is_damaged_and_nothing_worse(data):
    kept = sealed.seal(KEY, ADDRESS, ADA, "ada@readers.test", NONCE)
    place = data.draw(st.integers(0, len(kept) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    for spoilt in (kept[:place], kept[:place] + bytes([kept[place] ^ bit]) + kept[place + 1 :]):
        with pytest.raises(DamagedError):
            sealed.open_texts(KEY, ADA, spoilt, None)


def test_evidence_says_nothing_without_its_key_and_belongs_to_one_entry():
    stored = sealed.seal_evidence(KEY, ADA, YES, EVIDENCE, NONCE)
    assert sealed.open_evidence(KEY, ADA, YES, stored) == EVIDENCE
    assert sealed.open_evidence(None, ADA, YES, stored) == ERASED
    assert sealed.open_evidence(bytes(32), ADA, YES, stored) == ERASED, "they came back, and have another key"
    assert sealed.open_evidence(KEY, ADA, NO, stored) == ERASED, "it is another entry's"
    assert sealed.open_evidence(KEY, BEN, YES, stored) == DAMAGED
    assert sealed.seal_evidence(KEY, ADA, YES, {}, NONCE) == {}
    assert sealed.open_evidence(None, ADA, YES, {"line": 3}) == {"line": 3}, "from before there were keys"


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b"\x02" + b[1:], lambda b: b[:40]])
def test_evidence_that_was_changed_is_no_reason_to_fail(spoil):
    stored = sealed.seal_evidence(KEY, ADA, YES, EVIDENCE, NONCE)
    spoilt = {"sealed": b64encode(spoil(b64decode(str(stored["sealed"])))).decode()}
    assert sealed.open_evidence(KEY, ADA, YES, spoilt) == DAMAGED
    assert sealed.open_evidence(KEY, ADA, YES, {"sealed": "no base64"}) == DAMAGED


def test_the_key_of_one_entry_opens_no_other():
    stored = sealed.seal_evidence(KEY, ADA, YES, EVIDENCE, NONCE)
    given_away = sealed.evidence_key(KEY, NO)
    with pytest.raises(UnknownKeyError):
        sealed.open_one(given_away, ADA, YES, stored)
    assert sealed.open_one(sealed.evidence_key(KEY, YES), ADA, YES, stored) == EVIDENCE
