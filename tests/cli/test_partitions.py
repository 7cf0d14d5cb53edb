"""`rounds partitions`: which months there are, putting old ones away, and dropping them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from pipeline.actions.cancel_campaign import cancel_campaign
from pipeline.actions.open_due import open_due
from pipeline.store import periods
from tests import factories
from tests.cli.conftest import Rounds, Told
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)

LATER = datetime(2029, 1, 16, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _sent() -> Iterator[None]:
    factories.notices()
    factories.readers()
    campaign = factories.campaign()
    open_due(NOW)
    cancel_campaign(campaign.name)
    yield
    for month in periods.months():
        if month.place is not periods.Place.IN_USE:
            periods.drop(month.first)


def test_a_month_is_listed_with_its_size_and_the_day_on_which_it_leaves(told: Told) -> None:
    [november] = [p for p in told("partitions", "list")["partitions"] if p["month"] == "2026-11"]
    assert november["place"] == "in_use"
    assert november["tables"] == ["attempt_2026_11", "delivery_2026_11"]
    assert november["bytes"] > 0
    assert november["leaves_on"] == "2028-12-01"


def test_old_months_are_put_away_and_dropped_only_when_asked(told: Told, rounds: Rounds) -> None:
    with time_machine.travel(LATER, tick=False):
        assert "2026-11" in told("partitions", "detach")["detached"]
        assert told("partitions", "detach") == {"detached": [], "stays": []}
        [november] = [p for p in told("partitions", "list")["partitions"] if p["month"] == "2026-11"]
        assert (november["place"], november["leaves_on"]) == ("kept", None)
        assert told("partitions", "drop", "2026-11")["dropped"] == november["tables"]
        again = rounds("partitions", "drop", "2026-11")
    assert again.exit_code == 2
    assert "nothing to drop" in again.stderr


def test_a_month_that_is_in_use_is_not_dropped(rounds: Rounds) -> None:
    assert rounds("partitions", "drop", "2026-11").exit_code == 2
    assert periods.period(NOW) in [month.first for month in periods.months()]
