"""The cost model against a simulation that knows nothing of its formulas, and docs/scaling.md against the model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.core.delivery import capacity
from pipeline.core.delivery.capacity import FAR, LOCAL, MEASURED, NEAR
from tests.core.delivery.simulated_senders import simulate

PAGE = Path(__file__).resolve().parents[3] / "docs" / "scaling.md"
MORNING = 2 * 3600.0
TOLERANCE = 0.2  # as the page says


def seconds_for(rate: float) -> float:
    """Long enough for some thousand messages."""
    return min(40.0, max(3.0, 4000 / rate))


@pytest.mark.parametrize("relay", [LOCAL, NEAR, FAR], ids=["local", "near", "far"])
@pytest.mark.parametrize(
    ("senders", "connections", "cores"), [(1, 5, 8), (1, 20, 8), (1, 64, 8), (4, 20, 4), (8, 20, 1)]
)
def test_the_predicted_rate_is_what_the_simulation_reaches(relay, senders, connections, cores):
    predicted = capacity.total_rate(senders, connections, cores, MEASURED, relay)
    reached, _ = simulate(senders, connections, cores, MEASURED, relay, seconds_for(predicted))
    assert reached == pytest.approx(predicted, rel=TOLERANCE)


@pytest.mark.parametrize("connections", [5, 20, 64])
def test_the_predicted_groups_are_those_of_the_simulation(connections):
    rate = capacity.sender_rate(connections, MEASURED, NEAR)
    _, together = simulate(1, connections, 8, MEASURED, NEAR, seconds_for(rate))
    assert together == pytest.approx(capacity.group(rate, connections, MEASURED), rel=0.35)


@pytest.mark.parametrize("rate", [50, 300, 1000])
@pytest.mark.parametrize("relay", [NEAR, FAR], ids=["near", "far"])
def test_the_connections_that_the_model_asks_for_reach_the_rate_and_half_of_them_do_not(rate, relay):
    # Enough cores that only connections can be short: what is asked for is spread over senders of ten each.
    costs = replace(MEASURED, sender=26, signature=37)
    wanted = capacity.connections_needed(rate, costs, relay)
    senders = max(1, round(wanted / 10))
    reached, _ = simulate(senders, -(-wanted // senders), 8, costs, relay, seconds_for(rate))
    assert reached >= rate
    half, _ = simulate(senders, max(1, wanted // senders // 2), 8, costs, relay, seconds_for(rate))
    assert half < rate


@pytest.mark.parametrize("volume", [1_000_000, 10_000_000, 100_000_000])
def test_what_a_volume_is_said_to_need_sends_it_in_its_window(volume):
    need = capacity.need(volume, MORNING, MEASURED, NEAR)
    each = -(-need.connections // need.senders)
    reached, _ = simulate(need.senders, each, need.database_cores, MEASURED, NEAR, 3.0)
    assert reached >= need.rate


def test_one_core_of_the_database_for_everything_is_too_little_for_a_hundred_million():
    need = capacity.need(100_000_000, MORNING, MEASURED, NEAR)
    reached, _ = simulate(need.senders, 20, 1, MEASURED, NEAR, 2.0)
    assert reached < need.rate


def test_twice_the_volume_needs_no_more_than_twice_of_anything():
    for volume in (1_000_000, 10_000_000, 50_000_000):
        once = capacity.need(volume, MORNING, MEASURED, NEAR)
        twice = capacity.need(2 * volume, MORNING, MEASURED, NEAR)
        for field in ("connections", "senders", "sender_cores", "database_cores", "log_rate", "disk_a_month"):
            assert getattr(twice, field) <= 2 * getattr(once, field)


def tables() -> dict[str, str]:
    return {
        "costs": capacity.costs_table(MEASURED),
        "groups": capacity.groups_table(MEASURED),
        "connections": capacity.connections_table(MEASURED),
        "needs": capacity.needs_table(MEASURED, MORNING),
    }


@pytest.mark.parametrize("name", ["costs", "groups", "connections", "needs"])
def test_the_tables_of_the_page_are_what_the_functions_give(name):
    wanted = tables()[name]
    assert wanted in PAGE.read_text(), f"docs/scaling.md should have this table:\n\n{wanted}"
