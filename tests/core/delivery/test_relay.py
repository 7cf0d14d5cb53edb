"""Reading ROUNDS_SMTP_URL."""

from __future__ import annotations

import pytest

from pipeline.core.delivery.relay import Relay, Tls, parse_url
from pipeline.core.errors import BadInput


@pytest.mark.parametrize(
    ("url", "relay"),
    [
        ("smtp://mail.example", Relay("mail.example", 587, Tls.STARTTLS)),
        ("smtp://mail.example?tls=none", Relay("mail.example", 25, Tls.NONE)),
        ("smtp://mail.example/?tls=implicit", Relay("mail.example", 465, Tls.IMPLICIT)),
        ("smtp://mail.example:2525?tls=starttls", Relay("mail.example", 2525, Tls.STARTTLS)),
        ("smtp://127.0.0.1:1025", Relay("127.0.0.1", 1025, Tls.NONE)),
        ("smtp://127.0.0.1:1025?chunking=off", Relay("127.0.0.1", 1025, Tls.NONE, chunking=False)),
        ("smtp://[::1]:1025?tls=none&chunking=on", Relay("::1", 1025, Tls.NONE)),
        ("smtp://[::1]:1025", Relay("::1", 1025, Tls.NONE)),
        ("smtp://u%40x:s%2Fc%3A@mail.example", Relay("mail.example", 587, Tls.STARTTLS, "u@x", "s/c:")),
    ],
)
def test_a_relay_is_read_from_its_url(url: str, relay: Relay) -> None:
    assert parse_url(url) == relay


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "smtp://"),
        ("http://hush:hush@mail.example", "does not start with smtp://"),
        ("smtps://hush:hush@mail.example", "does not start with smtp://"),
        ("smtp://", "no host"),
        ("smtp://:25", "no host"),
        ("smtp://mail example", "no host"),
        ("smtp://hush:hush@mail.example:0", "port 0"),
        ("smtp://hush:hush@mail.example:65536", "1 to 65535"),
        ("smtp://hush:hush@mail.example:smtp", "1 to 65535"),
        ("smtp://[::1", "cannot be read"),
        ("smtp://hush:hush@mail.example?tls=yes", "none, starttls or implicit"),
        ("smtp://hush:hush@mail.example?tls=", "none, starttls or implicit"),
        ("smtp://hush:hush@mail.example?tls=none&tls=starttls", "one tls="),
        ("smtp://hush:hush@mail.example?ssl=1", "one tls="),
        ("smtp://hush:hush@mail.example?chunking=yes", "on or off"),
        ("smtp://hush:hush@mail.example?chunking=on&chunking=on", "one chunking="),
        ("smtp://hush:hush@mail.example/inbox", "after the host"),
        ("smtp://hush@mail.example", "together"),
        ("smtp://:hush@mail.example", "together"),
    ],
)
def test_a_bad_url_gets_a_sentence_that_keeps_the_secret(url: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as told:
        parse_url(url)
    assert str(told.value).startswith("ROUNDS_SMTP_URL: ")
    assert "hush" not in str(told.value)


def test_the_secret_is_never_printed() -> None:
    relay = parse_url("smtp://u:hush@mail.example")
    assert "hush" not in repr(relay)
    assert str(relay) == "mail.example:587"
