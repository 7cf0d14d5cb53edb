"""Recovery codes, limits, fresh proofs, and what a browser is called."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.accounts.attempt_limits import CODES_A_DAY, SHORT, too_many
from pipeline.core.accounts.browser_family import browser_family
from pipeline.core.accounts.recovery_codes import COUNT, digest, make_codes
from pipeline.core.accounts.session import is_fresh

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
KEY = b"k" * 32


def test_recovery_codes_are_ten_and_all_different():
    codes = make_codes(secrets.choice)
    assert len(set(codes)) == COUNT == 10
    assert all(len(code) == 14 for code in codes)


def test_a_recovery_code_may_be_typed_carelessly_but_is_one_members_alone():
    kept = digest("k7mt-q2wd-9hxa", 7, KEY)
    assert digest(" K7MT q2wd9hxa\n", 7, KEY) == kept
    assert digest("k7mt-q2wd-9hxa", 8, KEY) != kept
    assert digest("k7mt-q2wd-9hxa", 7, b"x" * 32) != kept
    assert digest("k7mt-q2wd-9hxb", 7, KEY) != kept


def test_the_ninth_try_in_five_minutes_is_one_too_many():
    tries = [NOW - timedelta(seconds=20 * n) for n in range(8)]
    assert not too_many(tries, (SHORT,), NOW)
    assert too_many([*tries, NOW - timedelta(seconds=299)], (SHORT,), NOW)
    assert not too_many([*tries, NOW - timedelta(seconds=300)], (SHORT,), NOW)


def test_slow_guessing_of_codes_ends_too():
    tries = [NOW - timedelta(minutes=30 * n) for n in range(41)]
    assert too_many(tries, (SHORT, CODES_A_DAY), NOW)
    assert not too_many(tries[:40], (SHORT, CODES_A_DAY), NOW)


@pytest.mark.parametrize(("seconds", "fresh"), [(0, True), (600, True), (601, False), (-1, False)])
def test_a_proof_counts_for_ten_minutes(seconds, fresh):
    assert is_fresh(NOW.timestamp() - seconds, NOW) is fresh


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19 Safari/604",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537 Chrome/140 Safari/537 Edg/140",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537 Chrome/140 Mobile Safari/537", "Chrome on Android"),
        ("<script>alert(1)</script>", "a browser"),
        ("", "a browser"),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(sent, said):
    assert browser_family(sent) == said
