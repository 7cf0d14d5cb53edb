"""The clock: the real one, unless it is the demonstration's."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.core.errors import Refused
from pipeline.gateways import clock
from pipeline.settings import current


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = replace(current(), demo=True, data_dir=tmp_path)
    monkeypatch.setattr(clock, "current", lambda: settings)
    return tmp_path


def test_the_clock_is_the_real_one_in_utc() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    assert clock.now().tzinfo is UTC


def test_a_real_clock_cannot_be_moved() -> None:
    with pytest.raises(Refused, match="ROUNDS_DEMO"):
        clock.advance(60)


@pytest.mark.usefixtures("demo")
def test_the_demonstration_moves_its_clock_week_by_week() -> None:
    for _ in range(3):
        clock.advance(7 * 86_400)
    assert abs(clock.now() - datetime.now(UTC) - timedelta(weeks=3)) < timedelta(seconds=1)


@pytest.mark.usefixtures("demo")
def test_no_clock_goes_back() -> None:
    with pytest.raises(Refused, match="forward only"):
        clock.advance(-1)


def test_an_offset_of_the_demonstration_means_nothing_to_the_real_service(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.advance(86_400)
    settings = replace(current(), demo=False, data_dir=demo)
    monkeypatch.setattr(clock, "current", lambda: settings)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)


@pytest.mark.skipif(sys.platform != "linux", reason="the clock is Linux's")
def test_spans_are_measured_on_a_clock_that_counts_a_suspended_machine() -> None:
    up = float(Path("/proc/uptime").read_text().split()[0])  # proc(5): with the time spent in suspend
    assert 0 <= clock.elapsed() - up < 1


def test_where_no_clock_does_that_spans_are_measured_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    assert clock._awake_and_asleep() is time.monotonic
