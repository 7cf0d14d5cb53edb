"""docs/compliance.md is what the marks of the tests say, and every requirement on it has a test."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tools"))

import compliance  # noqa: E402 - tools are scripts, and not a package


def test_the_page_is_what_the_marks_say():
    assert compliance.PAGE.read_text(encoding="utf-8") == compliance.page(), "run `make compliance`"


def test_no_requirement_of_the_page_is_without_a_test():
    assert "**none**" not in compliance.page()


def test_a_mark_that_names_no_requirement_is_told(monkeypatch):
    monkeypatch.setattr(compliance, "marks", lambda: {"X-99": ["tests/test_x.py::test_y"]})
    with pytest.raises(ValueError, match=r"tests/test_x\.py::test_y holds X-99"):
        compliance.page()
