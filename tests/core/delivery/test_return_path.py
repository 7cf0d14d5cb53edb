"""A bounce finds its delivery, and nobody can make one up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.delivery.return_path import make, read

UID = bytes(range(16))
KEYS = {1: b"old key of the tests", 2: b"new key of the tests"}
ADDRESS = make(UID, KEYS[2], 2, "bounces.rounds.example")
uids = st.binary(min_size=16, max_size=16)


@given(uids, st.sampled_from([1, 2]))
def test_a_return_path_leads_back_to_its_delivery(uid: bytes, kid: int) -> None:
    address = make(uid, KEYS[kid], kid, "bounces.rounds.example")
    assert read(address, KEYS) == uid
    local, _, domain = address.partition("@")
    assert local == local.lower()
    assert local.startswith("b+")
    assert len(local) <= 64
    assert domain == "bounces.rounds.example"


def test_a_host_that_shouts_is_understood() -> None:
    assert read(ADDRESS.upper(), KEYS) == UID
    assert read(f" <{ADDRESS}> ", KEYS) == UID


@pytest.mark.parametrize("index", range(2, 46))
def test_a_return_path_changed_in_any_place_leads_nowhere(index: int) -> None:
    for letter in "abcdefghijklmnopqrstuvwxyz234567":
        if letter != ADDRESS[index]:
            assert read(ADDRESS[:index] + letter + ADDRESS[index + 1 :], KEYS) is None


def test_a_key_that_is_gone_or_another_leads_nowhere() -> None:
    assert read(ADDRESS, {1: KEYS[1]}) is None
    assert read(ADDRESS, {2: KEYS[1]}) is None
    assert read(ADDRESS, {2: b""}) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "ada@b.example",
        "b+@b.example",
        "b+abc@b.example",
        "b+" + "!" * 44 + "@b.example",
        ADDRESS[2:],
        "b+" + ADDRESS,
    ],
)
def test_a_foreign_address_leads_nowhere(address: str) -> None:
    assert read(address, KEYS) is None


@given(st.text(max_size=80))
def test_no_text_upsets_the_reader(text: str) -> None:
    assert read(text, KEYS) is None
    assert read(f"b+{text}@b.example", KEYS) is None
    assert read(f"b+{text[:44].ljust(44, 'a')}@b.example", KEYS) is None


@pytest.mark.parametrize(
    ("uid", "key", "kid"), [(b"short", b"key", 1), (UID, b"", 1), (UID, b"key", 256), (UID, b"key", -1)]
)
def test_a_return_path_is_made_of_whole_parts(uid: bytes, key: bytes, kid: int) -> None:
    with pytest.raises(ValueError, match="return path"):
        make(uid, key, kid, "bounces.rounds.example")
