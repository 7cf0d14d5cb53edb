"""When a mail was received: by our side's word, never by its sender's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.feedback.mime import take_apart
from pipeline.core.feedback.received import received_at, traced, yes_stands

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("mailbox", "trace", "expected"),
    [
        (NOW - HOUR, NOW - 2 * HOUR, NOW - HOUR),  # its own record, before any trace
        (None, NOW - HOUR, NOW - HOUR),
        (None, None, NOW),
        (NOW + HOUR, NOW - HOUR, NOW),  # never in the future
        (datetime(1970, 1, 1, tzinfo=UTC), None, NOW),  # nor so long ago that it can only be wrong
    ],
)
def test_it_is_what_can_be_believed_or_else_now(mailbox, trace, expected):
    assert received_at(mailbox, trace, NOW) == expected


@pytest.mark.holds("U-16")
def test_only_the_first_trace_is_our_own_and_the_date_of_the_sender_is_none():
    ours = b"Received: from there\r\n by mx.clinic.test; Tue, 24 Nov 2026 08:00:00 +0000\r\n"
    theirs = (
        b"Received: by there; Mon, 2 Nov 2026 08:00:00 +0000\r\nDate: Sun, 1 Nov 2026 08:00:00 +0000\r\n\r\n"
    )
    assert traced(take_apart(ours + theirs)) == NOW - HOUR
    assert traced(take_apart(b"Date: Sun, 1 Nov 2026 08:00:00 +0000\r\n\r\n")) is None
    assert traced(take_apart(b"Received: by mx; no date\r\n" + theirs)) is None


@pytest.mark.holds("U-16")
def test_a_yes_stands_only_where_it_was_clearly_said_later():
    assert yes_stands(NOW - HOUR, NOW - 2 * HOUR, NOW)
    assert not yes_stands(NOW - HOUR, NOW - HOUR - timedelta(minutes=9), NOW), "two clocks may differ"
    assert not yes_stands(NOW - HOUR, NOW - HOUR + timedelta(minutes=9), NOW)
    assert not yes_stands(NOW + HOUR, NOW - HOUR, NOW), "by a clock that is ahead"
