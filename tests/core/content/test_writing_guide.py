"""The guide's example is an article, and the guide knows every rule and every kind."""

from __future__ import annotations

import re

from pipeline.core.content.article import SectionKind
from pipeline.core.content.importers import read
from pipeline.core.content.lines import without_lines
from pipeline.core.content.markdown_writer import write
from pipeline.core.editorial import check
from tests.core.content.samples import ROOT, anchors

GUIDE = (ROOT / "docs" / "writing.md").read_text()


def test_the_example_of_the_guide_reads_without_a_finding() -> None:
    match = re.search(r"```markdown\n(.*?)```", GUIDE, re.DOTALL)
    assert match
    reading = read("hay-fever.md", match.group(1).encode())
    assert reading.findings == ()
    assert reading.left_out == ()
    assert check(reading.article) == ()
    assert len(reading.article.faq) == 2
    assert len(anchors(reading.article)) == 6
    assert without_lines(read("a.md", write(reading.article).encode()).article) == without_lines(
        reading.article
    )


def test_the_guide_names_every_kind() -> None:
    assert [kind for kind in SectionKind if kind.value not in GUIDE] == []
