"""`rounds notices publish` and `rounds consent expiring`: whom it would touch, before it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import factories
from tests.cli.conftest import Rounds, Told
from tests.factories import NOW, WEEKLY

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("notices", "consent"):
        monkeypatch.setattr(f"pipeline.cli.{module}.now", lambda: NOW)


@pytest.mark.holds("C-10")
def test_a_dry_run_of_a_new_notice_names_the_fields_and_counts_the_people(
    told: Told, rounds: Rounds, content: Path, clock: None
) -> None:
    assert len(told("notices", "publish")["notices"]) == 3
    factories.readers(["ada", "ben"], now=NOW.replace(month=10))
    path = content / "notices" / "weekly-health-email.toml"
    text = path.read_text().replace("\nversion = 4\n", "\nversion = 5\n")
    text = text.replace("[processing]\nversion = 1", "[processing]\nversion = 2")
    path.write_text(text.replace("cadence_max_days = 7", "cadence_max_days = 6"))
    [found] = told("notices", "publish", "--dry-run")["notices"]
    assert (found["purpose"], found["change"], found["people"]) == (WEEKLY, "material", 2)
    assert [each["field"] for each in found["changed"]] == ["cadence"]
    words = rounds("notices", "publish", "--dry-run").output
    assert "a material change; 2 people are asked once, and get nothing until they say yes" in words
    assert "material, cadence: We write once a week, more often than before." in words
    assert len(told("notices", "publish")["notices"]) == 1
    assert told("notices", "publish")["notices"] == []


@pytest.mark.holds("C-09")
def test_the_yeses_that_end_soon_are_counted_by_list_and_month_and_masked(
    told: Told, rounds: Rounds, clock: None
) -> None:
    factories.notices()
    factories.readers(["ada", "ben"], now=NOW.replace(year=2024, month=12, day=1))
    factories.readers(["cleo"], now=NOW)
    found = told("consent", "expiring", "--within", "60d")
    assert found["people"] == 2
    assert found["lists"] == [{"purpose": WEEKLY, "month": "2026-12", "people": 2}]
    assert {each["address"] for each in found["first"]} == {"a…@readers.test", "b…@readers.test"}
    assert "No yes ends before" in rounds("consent", "expiring", "--within", "3d").output


@pytest.mark.parametrize("within", ["60", "0d", "-5d", "9999d", "soon", "٣d"])
def test_a_time_that_is_none_is_a_sentence(rounds: Rounds, clock: None, within: str) -> None:
    answered = rounds("consent", "expiring", "--within", within)
    assert answered.exit_code == 2
    assert "is not a number of days such as 60d" in answered.stderr
