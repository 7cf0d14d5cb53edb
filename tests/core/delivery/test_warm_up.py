"""A new sending address warms up: a little more each day."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.core.delivery.warm_up import WarmUp, parse_plans
from pipeline.core.errors import BadInput

START = date(2026, 12, 1)


def test_each_day_has_its_cap_and_after_the_plan_there_is_none() -> None:
    plan = parse_plans("2026-12-01: 50, 100, 500")[""]
    caps = [plan.cap(date(2026, 12, day)) for day in (1, 2, 3, 4)]
    assert caps == [50, 100, 500, None]
    assert plan.ends == date(2026, 12, 4)


def test_before_its_start_the_first_day_holds() -> None:
    assert WarmUp(START, (50, 100)).cap(date(2026, 11, 1)) == 50


def test_routes_have_plans_of_their_own() -> None:
    plans = parse_plans("2026-12-01: 50, 100; relay2 2026-12-05: 10 20")
    assert plans == {"": WarmUp(START, (50, 100)), "relay2": WarmUp(date(2026, 12, 5), (10, 20))}


def test_a_file_may_give_a_day_a_line() -> None:
    plan = parse_plans("# the new address\n2026-12-01 50\n2026-12-02 100  # Wednesday\n\n")
    assert plan == {"": WarmUp(START, (50, 100))}


@pytest.mark.parametrize(
    "text",
    [
        "50, 100",
        "2026-12-01:",
        "2026-13-01: 5",
        "2026-12-01: -5",
        "2026-12-01: many",
        "2026-12-01 50\n2026-12-03 100",
        "2026-12-01 50\n2026-12-01 60",
        "2026-12-01: 5; 2026-12-02: 6",
        "2026-12-01: 5\n2026-12-02 6",
    ],
)
def test_a_plan_that_cannot_be_read_is_told_what_to_write(text: str) -> None:
    with pytest.raises(BadInput, match=r"Write|Keep|Give"):
        parse_plans(text)
