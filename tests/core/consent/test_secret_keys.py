"""The secrets of an installation by their numbers: how they are written, put in order, and known again."""

from __future__ import annotations

import pytest

from pipeline.core.consent.known_secrets import misfit
from pipeline.core.consent.secret_keys import parse_old, secret_keys, written
from pipeline.core.consent.tokens import (
    LASTING,
    Audience,
    Keyring,
    is_of_the_key_in_force,
    kid_of,
    make,
    read,
)
from pipeline.core.errors import BadInput

A, B, C = ("a" * 40, "a pass phrase with blanks, and a 12:30 in it", "c" * 32)
ID = bytes(range(16))


def test_older_secrets_are_read_as_they_are_written():
    assert parse_old("") == {}
    assert parse_old(f"1:{A} 2:{C}") == {1: A, 2: C}
    assert parse_old(f"2:{C}\n1:{A}\n") == {1: A, 2: C}
    assert parse_old(written({1: A, 2: C, 30: A})) == {1: A, 2: C, 30: A}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (A, "entry 1 has no number"),
        (f"0:{A}", "entry 1 has no number"),
        (f"256:{A}", "entry 1 has no number"),
        (f"1:{A} 1:{C}", "number 1 stands there twice"),
        ("1:short", "secret 1 has 5 characters"),
        (f"1:{A} 2:{B}", "secret 12 has"),  # cut in two at the time of day in it
    ],
)
def test_what_cannot_be_read_is_told_and_not_repeated(text, why):
    with pytest.raises(BadInput, match=why) as told:
        parse_old(text)
    assert A not in str(told.value)


def test_a_secret_that_would_be_read_as_two_is_not_written():
    with pytest.raises(BadInput):
        written({1: B})


def test_the_secret_in_force_has_the_number_after_the_older_ones():
    assert secret_keys(A, {}).of == ((1, A),)
    known = secret_keys(C, {1: A, 3: B})
    assert (known.kid, known.in_force, known.first) == (4, C, A)
    assert A not in repr(known)


def test_a_change_that_was_cut_short_between_the_two_files_has_changed_nothing():
    assert secret_keys(A, {1: A}) == secret_keys(A, {})
    assert secret_keys(C, {1: A, 2: C}).of == ((1, A), (2, C))


@pytest.mark.parametrize(
    ("in_force", "old", "why"),
    [
        (C, {2: A}, "lack number 1"),
        (A, {1: A, 2: C}, "number 1 of the older ones"),
        (C, {1: A, 255: B}, "no number after 255"),
    ],
)
def test_an_order_that_nobody_could_have_meant_is_refused(in_force, old, why):
    with pytest.raises(BadInput, match=why):
        secret_keys(in_force, old)


@pytest.mark.parametrize(
    ("ours", "known", "why"),
    [
        ({1: b"a"}, {}, None),
        ({1: b"a"}, {1: b"a"}, None),
        ({1: b"a", 2: b"b"}, {1: b"a"}, None),  # a change, of which the database has still to learn
        ({1: b"x"}, {1: b"a"}, "another ROUNDS_SECRET_KEY"),
        ({1: b"a", 2: b"x"}, {1: b"a", 2: b"b"}, "another ROUNDS_SECRET_KEY"),
        ({1: b"a"}, {1: b"a", 2: b"b"}, "was changed: number 2"),
        ({1: b"a", 2: b"c"}, {1: b"a", 2: b"b", 3: b"c"}, "is missing: number 2"),
        ({1: b"a", 3: b"c"}, {1: b"a", 2: b"b", 3: b"c"}, "is missing: number 2"),
        ({1: b"a", 2: b"b", 3: b"c"}, {1: b"a", 3: b"c"}, "number 2 was never in force"),
    ],
)
@pytest.mark.holds("S-16")
def test_a_host_is_told_when_its_secrets_are_not_those_of_the_database(ours, known, why):
    refusal = misfit(ours, known)
    assert (refusal is None) if why is None else (why in refusal)


@pytest.mark.holds("U-13", "S-16")
def test_a_link_of_a_secret_that_was_replaced_can_take_permission_away_and_grant_none():
    before = Keyring.from_secret(b"1" * 32)
    after = Keyring.from_secret(b"4" * 32, 4, {1: b"1" * 32, 2: b"2" * 32, 3: b"3" * 32})
    opens = {audience for audience in Audience if read(audience, make(audience, ID, before), after) == ID}
    assert opens == LASTING
    assert opens == {
        Audience.UNSUB,
        Audience.PREFS,
        Audience.NOT_ME,
        Audience.ADDRESS_UNDO,
        Audience.VERP,
        Audience.PREVIEW,
    }
    old, new = make(Audience.PREFS, ID, before), make(Audience.PREFS, ID, after)
    assert (kid_of(old), kid_of(new), kid_of("x")) == (1, 4, None)
    assert [is_of_the_key_in_force(token, after) for token in (old, new)] == [False, True]


@pytest.mark.holds("S-16")
def test_a_number_does_not_make_a_forgery_ours():
    ours = Keyring.from_secret(b"2" * 32, 2, {1: b"1" * 32})
    for kid in (1, 2, 3, 255):
        for secret in (b"x" * 32, b"1" * 32, b"2" * 32):
            forged = make(Audience.UNSUB, ID, Keyring.from_secret(secret, kid))
            genuine = (kid, secret) in ((1, b"1" * 32), (2, b"2" * 32))
            assert (read(Audience.UNSUB, forged, ours) == ID) is genuine
