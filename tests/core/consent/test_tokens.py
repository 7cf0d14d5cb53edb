from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.consent.tokens import (
    Audience,
    FormCheck,
    Keyring,
    check_form_token,
    derive_key,
    make,
    make_form_token,
    read,
)

SECRET, NEXT_SECRET = b"1" * 32, b"2" * 32
KEYRING = Keyring.from_secret(SECRET)
ID = bytes(range(16))
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@given(st.binary(min_size=16, max_size=16), st.sampled_from(Audience))
@pytest.mark.holds("S-01")
def test_a_token_reads_back_as_its_id_and_fits_a_short_url(id16, audience):
    token = make(audience, id16, KEYRING)
    assert read(audience, token, KEYRING) == id16
    assert len(token) <= 40
    assert len(f"https://u.example.test/u/{token}") <= 74


@pytest.mark.holds("S-01", "U-06")
def test_every_flipped_bit_is_noticed():
    token = make(Audience.UNSUB, ID, KEYRING)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place, letter in enumerate(token):
        for bit in range(6):
            flipped = alphabet[alphabet.index(letter) ^ 1 << bit]
            assert read(Audience.UNSUB, token[:place] + flipped + token[place + 1 :], KEYRING) is None


@pytest.mark.parametrize(("made_for", "shown_at"), list(permutations(Audience, 2)))
@pytest.mark.holds("S-02")
def test_a_token_for_one_door_does_not_open_another(made_for, shown_at):
    assert read(shown_at, make(made_for, ID, KEYRING), KEYRING) is None


def test_another_secret_makes_nothing_that_we_accept():
    forged = make(Audience.UNSUB, ID, Keyring.from_secret(NEXT_SECRET))
    assert read(Audience.UNSUB, forged, KEYRING) is None


@pytest.mark.holds("U-13")
def test_a_token_survives_the_rotation_of_keys():
    old = make(Audience.UNSUB, ID, KEYRING)
    rotated = Keyring.from_secret(NEXT_SECRET, kid=2, old={1: SECRET})
    assert read(Audience.UNSUB, old, rotated) == ID
    assert make(Audience.UNSUB, ID, rotated) != old


def test_a_kid_that_was_thrown_away_opens_nothing():
    old = make(Audience.UNSUB, ID, KEYRING)
    assert read(Audience.UNSUB, old, Keyring.from_secret(NEXT_SECRET, kid=2)) is None


@given(st.text(max_size=60))
def test_any_other_text_is_no_token(text):
    assert read(Audience.UNSUB, text, KEYRING) is None


@pytest.mark.parametrize(
    "change", [lambda t: t + "=", lambda t: t + "\n", lambda t: " " + t, lambda t: t[:-1]]
)
def test_a_token_has_one_spelling(change):
    assert read(Audience.UNSUB, change(make(Audience.UNSUB, ID, KEYRING)), KEYRING) is None


def test_the_return_path_gets_the_keys_of_its_own_audience():
    rotated = Keyring.from_secret(NEXT_SECRET, kid=2, old={1: SECRET})
    assert set(rotated.keys_for(Audience.VERP)) == {1, 2}
    assert rotated.keys_for(Audience.VERP) != rotated.keys_for(Audience.UNSUB)


def test_an_id_of_the_wrong_length_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="16 bytes"):
        make(Audience.UNSUB, b"short", KEYRING)


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring.from_secret(b"short")


def test_keys_for_two_uses_differ_and_do_not_show_in_a_traceback():
    assert derive_key(SECRET, "address") != derive_key(SECRET, "network")
    assert "keys" not in repr(KEYRING)


def form_token(age: timedelta) -> str:
    return make_form_token(NOW - age, b"nonce678", KEYRING)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), FormCheck.TOO_SOON),
        (timedelta(seconds=1.9), FormCheck.TOO_SOON),
        (timedelta(seconds=2), FormCheck.GOOD),
        (timedelta(hours=12), FormCheck.GOOD),
        (timedelta(hours=12, seconds=1), FormCheck.TOO_OLD),
        (timedelta(seconds=-60), FormCheck.TOO_SOON),
    ],
)
def test_a_form_is_good_for_a_persons_while(age, expected):
    assert check_form_token(form_token(age), NOW, KEYRING) is expected


def test_a_form_token_that_we_did_not_sign_is_forged():
    assert check_form_token("", NOW, KEYRING) is FormCheck.FORGED
    assert check_form_token(make(Audience.UNSUB, ID, KEYRING), NOW, KEYRING) is FormCheck.FORGED
    other = make_form_token(NOW - timedelta(minutes=1), b"nonce678", Keyring.from_secret(NEXT_SECRET))
    assert check_form_token(other, NOW, KEYRING) is FormCheck.FORGED
