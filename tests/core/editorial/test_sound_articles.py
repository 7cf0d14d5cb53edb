"""Long articles in the manner of good health sites wait for nobody: what they say is sound, and nothing is missing."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Severity
from pipeline.core.content.importers import read
from pipeline.core.editorial import check
from tests.core.content.samples import ROOT
from tests.core.editorial.test_dangers import held_by

SOUND = sorted((ROOT / "tests" / "samples" / "sound").glob("*.md"))
OURS = sorted((ROOT / "content" / "articles").glob("*.md"))


@pytest.mark.parametrize("path", [*SOUND, *OURS], ids=lambda path: path.stem)
def test_a_sound_article_has_nothing_that_blocks(path) -> None:  # type: ignore[no-untyped-def]
    found = check(read(path.name, path.read_bytes()).article)
    assert [(f.rule, f.line, f.quote) for f in found if f.severity is not Severity.C] == []


def test_each_of_them_would_be_held_for_one_dangerous_sentence() -> None:
    assert len(SOUND) == 5
    for path in SOUND:
        text = path.read_text() + "\nYou can stop taking your tablets once you feel better.\n"
        found = check(read(path.name, text.encode()).article)
        assert [f.rule for f in found if f.severity is Severity.A] == ["stop-medicine"]


@pytest.mark.parametrize("lead", ["Do not:", "You should never:", "Things that you must not do at home:"])
def test_an_entry_is_read_after_what_leads_into_its_list(lead: str) -> None:
    entry = "- give aspirin to children\n"
    assert held_by(f"{lead}\n\n{entry}") == []
    assert held_by(f'::: note "{lead}"\n{entry}:::\n') == []
    assert held_by(f"What to do:\n\n{entry}") == ["harmful-first-aid"]
    assert held_by(f"If they cannot sleep:\n\n{entry}") == ["harmful-first-aid"]
    assert held_by(f"{lead}\n\n- run\n\nGive aspirin to children.") == ["harmful-first-aid"]
