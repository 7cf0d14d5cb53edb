"""The table of retractions is read row by row, and changes nothing for other files."""

from __future__ import annotations

import csv

import pytest

from pipeline.core.content.references.retractions import NEEDED
from pipeline.core.errors import BadInput
from pipeline.gateways.retraction_data import rows


def test_reading_it_leaves_the_bound_on_fields_of_other_lists_alone(tmp_path) -> None:
    table = tmp_path / "retractions.csv"
    table.write_text(",".join(NEEDED) + "\n" + ",".join("x" for _ in NEEDED) + "\n", encoding="utf-8")
    before = csv.field_size_limit()
    assert len(list(rows(table))) == 1
    assert csv.field_size_limit() == before


def test_a_field_without_end_is_refused_with_its_line(tmp_path) -> None:
    table = tmp_path / "retractions.csv"
    table.write_text(",".join(NEEDED) + "\n" + "x" * 200_000 + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"retractions\.csv:\d+: The table of retractions cannot be read here"):
        list(rows(table))
