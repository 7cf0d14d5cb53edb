"""The demonstration shows every article of the content folder, and keeps what its readers were promised."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from pipeline.cli.demo import people, programme
from pipeline.core.series import series_file
from tests.cli.conftest import PROJECT

PROMISED = {people.WEEKLY: 7, people.DAILY: 1}  # days, as the notices in content/ say
SERIES = {path.stem: path for path in (PROJECT / "content" / "series").glob("*.toml")}


def length(series: str) -> int:
    return len(series_file.read("x.toml", SERIES[series].read_bytes()).issues)


@pytest.mark.parametrize("once", [True, False])
def test_every_series_of_the_content_folder_is_scheduled_for_the_list_that_it_names(once: bool) -> None:
    parts = programme.parts(once=once)
    assert {part.series for part in parts} == set(SERIES)
    for part in parts:
        assert series_file.read("x.toml", SERIES[part.series].read_bytes()).purpose == part.purpose


@pytest.mark.parametrize("once", [True, False])
def test_no_list_gets_two_issues_within_the_days_that_its_readers_were_promised(once: bool) -> None:
    for purpose, promised in PROMISED.items():
        days = sorted(
            date(2026, 12, 1) + timedelta(days=part.begins + promised * number)
            for part in programme.parts(once=once)
            if part.purpose == purpose
            for number in range(length(part.series))
        )
        assert len(days) > 10
        assert all((later - earlier).days >= promised for earlier, later in pairwise(days))


def test_the_clock_never_leaps_over_a_letter_that_would_have_been_due() -> None:
    """A letter that is late waits for a person. So what begins daily begins when the last week was leapt to."""
    parts = programme.parts(once=True)
    weeks = {
        p: length(p.series) if p.to_show is None else p.to_show for p in parts if p.purpose == people.WEEKLY
    }
    shown = [p.begins + 7 * (number - 1) for p, number in weeks.items() if number]
    dailies = [p.begins for p in parts if p.purpose == people.DAILY]
    assert max(shown) < min(dailies)
    assert sum(p.to_show or 0 for p in parts if p.purpose == people.DAILY) == 1


def test_somebody_reads_each_list_and_nobody_who_leaves_is_on_the_daily_one() -> None:
    daily = {reader.name for reader in people.READERS if people.DAILY in reader.lists}
    assert len(daily) >= 3
    assert not daily & {people.ONE_CLICK, people.BY_PAGE}
    assert all(people.WEEKLY in reader.lists for reader in people.READERS)
