"""The letters as they were when somebody last looked at them. `make golden` writes them anew."""

from __future__ import annotations

import pytest

from pipeline.core.message.checks import check_letter
from tests.golden.rewrite import FOLDER, golden_contexts, golden_files, golden_letters


@pytest.mark.parametrize("name", golden_contexts())
def test_a_letter_is_as_it_was_last_approved(name: str) -> None:
    for file in (f"{name}.html", f"{name}.txt"):
        kept = (FOLDER / file).read_text(encoding="utf-8")
        assert golden_files()[file] == kept, "run make golden and read the diff"


def test_every_golden_file_is_of_a_letter_that_there_is() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(golden_files())


@pytest.mark.holds(
    "H-01", "H-02", "H-03", "H-04", "H-05", "H-06", "H-07", "H-08", "H-09", "H-10", "H-11", "P-06"
)
@pytest.mark.parametrize("name", golden_contexts())
def test_the_checks_find_nothing_in_any_letter(name: str) -> None:
    """Size, structure, contrast in all ways of going dark, what clients know, both parts the same (H-01 to H-13)."""
    template, _ = golden_contexts()[name]
    assert check_letter(golden_letters()[name], template, image_hosts=frozenset({"rounds.example"})) == ()
