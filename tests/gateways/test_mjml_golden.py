"""The letters as they were when somebody last looked at them. `make golden` writes them anew."""

from __future__ import annotations

import pytest

from tests.golden.rewrite import FOLDER, golden_files


@pytest.mark.parametrize(
    "name", ["issue.html", "issue.txt", "confirm.html", "confirm.txt", "correction.html", "correction.txt"]
)
def test_a_letter_is_as_it_was_last_approved(name: str) -> None:
    assert golden_files()[name] == (FOLDER / name).read_text(encoding="utf-8"), (
        "run make golden and read the diff"
    )
