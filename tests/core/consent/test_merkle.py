"""The hash tree is that of RFC 6962, and a path proves one leaf and no other."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.consent import merkle

LEAVES = st.lists(st.binary(max_size=4).map(merkle.leaf), min_size=1, max_size=40)


def as_the_rfc_has_it(leaves: list[bytes]) -> bytes:
    """Section 2.1, word by word: split at the largest power of two that is smaller than the number of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    both = as_the_rfc_has_it(leaves[:split]) + as_the_rfc_has_it(leaves[split:])
    return sha256(b"\x01" + both).digest()


def test_the_hashes_of_nothing_and_of_an_empty_leaf_are_those_of_certificate_transparency():
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.leaf(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@given(LEAVES)
def test_the_root_is_that_of_the_rfc(leaves):
    assert merkle.root(leaves) == as_the_rfc_has_it(leaves)


@given(LEAVES)
def test_each_leaf_has_a_path_to_the_root(leaves):
    whole = merkle.root(leaves)
    for index, each in enumerate(leaves):
        assert merkle.root_of_path(each, index, len(leaves), merkle.path(leaves, index)) == whole


@given(st.lists(st.binary(min_size=1, max_size=4), min_size=2, max_size=40, unique=True), st.data())
def test_a_path_leads_no_other_leaf_there_and_from_no_other_place(texts, data):
    leaves = [merkle.leaf(text) for text in texts]
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(0, len(leaves) - 1).filter(lambda n: n != index))
    path, whole = merkle.path(leaves, index), merkle.root(leaves)
    assert merkle.root_of_path(leaves[other], index, len(leaves), path) != whole
    assert merkle.root_of_path(leaves[index], other, len(leaves), path) != whole


@pytest.mark.parametrize("index", [-1, 3])
def test_a_leaf_that_is_not_there_has_no_path(index):
    leaves = [merkle.leaf(bytes([n])) for n in range(3)]
    with pytest.raises(IndexError):
        merkle.path(leaves, index)
    assert merkle.root_of_path(leaves[0], index, 3, ()) is None


def test_a_path_that_is_too_short_or_too_long_proves_nothing():
    leaves = [merkle.leaf(bytes([n])) for n in range(5)]
    path = merkle.path(leaves, 2)
    assert merkle.root_of_path(leaves[2], 2, 5, path[:-1]) is None
    assert merkle.root_of_path(leaves[2], 2, 5, (*path, path[0])) is None
