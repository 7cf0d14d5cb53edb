"""Codes of an authenticator app, by the test values of RFC 6238 and by what attackers try."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline.core.accounts import totp

SECRET = b"12345678901234567890"  # that of RFC 6238, appendix B
NOW = datetime(2026, 11, 29, 12, 0, 7, tzinfo=UTC)
HERE = totp.step_of(NOW)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds, code):
    assert totp.code_of(SECRET, seconds // totp.STEP) == code


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_off(steps):
    assert totp.matching_step(SECRET, totp.code_of(SECRET, HERE + steps), NOW, after=0) == HERE + steps


@pytest.mark.parametrize("steps", [-2, 2, 60])
def test_a_code_of_another_time_is_refused(steps):
    assert totp.matching_step(SECRET, totp.code_of(SECRET, HERE + steps), NOW, after=0) is None


@pytest.mark.holds("S-13")
def test_a_code_that_was_used_is_refused_and_so_is_an_older_one():
    newest = totp.code_of(SECRET, HERE)
    assert totp.matching_step(SECRET, newest, NOW, after=HERE) is None
    assert totp.matching_step(SECRET, totp.code_of(SECRET, HERE - 1), NOW, after=HERE) is None
    later = totp.code_of(SECRET, HERE + 1)
    assert totp.matching_step(SECRET, later, NOW + timedelta(seconds=30), after=HERE) == HERE + 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٢٨٧٠٨٢", "287082\n287082", "-28708"])
def test_what_is_no_code_is_refused(typed):
    assert totp.matching_step(SECRET, typed, NOW, after=0) is None


def test_blanks_in_a_code_do_not_matter():
    code = totp.code_of(SECRET, HERE)
    assert totp.matching_step(SECRET, f" {code[:3]} {code[3:]} ", NOW, after=0) == HERE


def test_an_app_reads_the_secret_and_whose_it_is():
    parts = urlsplit(totp.address_of(SECRET, "ada & co", "Rounds: news"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Rounds%3A%20news%3Aada%20%26%20co"
    assert parse_qs(parts.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["Rounds: news"],
    }
