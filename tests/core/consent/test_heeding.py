"""What a person is told of noes that take too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.consent.heeding import DOORS, NOES, Delays, Place, Unheeded, too_long, too_slow
from pipeline.core.consent.ledger import says_no

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_a_minute_is_quick_enough_and_more_is_told():
    slow = Delays(250, timedelta(seconds=1), timedelta(seconds=61), timedelta(hours=5))
    assert too_slow(Delays()) is None
    assert too_slow(Delays(250, slow.p50, timedelta(seconds=60), slow.longest)) is None
    said = too_slow(slow)
    assert said is not None
    assert "250" in said
    assert "longer than 61 seconds" in said
    assert "5 hours" in said


@pytest.mark.holds("U-16")
def test_what_waits_past_48_hours_is_told_once_for_each_place_by_the_oldest():
    ago = {days: NOW - timedelta(days=days) for days in (1, 2, 3, 4)}
    waiting = [Unheeded(Place.DISK, ago[1]), Unheeded(Place.MAILBOX, ago[2])]
    assert too_long(waiting, NOW) == {}, "48 hours are allowed, and no more"
    waiting += [Unheeded(Place.DISK, ago[4]), Unheeded(Place.DISK, ago[3]), Unheeded(Place.DESK, ago[3])]
    told = too_long(waiting, NOW)
    assert set(told) == {Place.DISK, Place.DESK}
    assert "It has been so for 4 days" in told[Place.DISK]


def test_what_is_measured_takes_permission_away_and_is_said_by_people_themselves():
    assert all(says_no(kind) for kind in NOES)
    assert not {"admin", "import", "scheduler", "bounce"} & {method.value for method in DOORS}
