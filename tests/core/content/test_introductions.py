"""Text before the first heading is normal; a heading that was invented inside the body is not."""

from __future__ import annotations

import pytest

from pipeline.core.content.importers import read

LEAD = "A cold is an infection of the nose, and most people are better in ten days."
READERS = {
    "a.html": f"<main><h1>Colds</h1><p>{LEAD}</p><h2>Care</h2><p>Rest.</p></main>",
    "a.md": f"# Colds\n\n{LEAD}\n\n## Care\n\nRest.\n",
    "a.txt": f"Colds\n\n{LEAD}\n\nCare\n\nRest and drink, and wait a week.\n",
    "own.md": f"---\ntitle: Colds\n---\n\n## Introduction {{#introduction suggested}}\n\n{LEAD}\n\n## Care\n\nRest.\n",
}


@pytest.mark.parametrize("name", READERS)
def test_an_introduction_before_the_first_heading_holds_nothing_up(name: str) -> None:
    found = [f for f in read(name, READERS[name].encode()).findings if f.rule == "suggested-heading"]
    assert [f.severity for f in found] == ["C"]


def test_a_heading_that_was_lost_inside_the_body_does() -> None:
    page = (
        f"Colds\n\n{LEAD}\n\nCare\n\nRest and drink.\n\nWait a week.\n\n\nCauses are viruses of many kinds.\n"
    )
    found = [f for f in read("a.txt", page.encode()).findings if f.rule == "suggested-heading"]
    assert [(f.line, f.severity) for f in found] == [(3, "C"), (12, "B")]
    own = f"---\ntitle: Colds\n---\n\n## Care\n\nRest.\n\n## More {{#more suggested}}\n\n{LEAD}\n"
    assert [f.severity for f in read("a.md", own.encode()).findings] == ["B"]
