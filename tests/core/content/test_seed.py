"""The page that the product was first asked for: E-21's gold set and the counts of the issue that asked for it.

None of its sentences stands here; the test is skipped where the page is not at hand.
"""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Listing
from pipeline.core.content.importers import read
from pipeline.core.content.lines import without_lines
from pipeline.core.content.markdown_writer import write
from pipeline.core.editorial import check
from tests.core.content.samples import anchors, depth, seed
from tests.core.editorial import seed_table


@pytest.mark.holds("E-21")
def test_the_eight_citations_are_lifted_at_their_lines_and_no_other() -> None:
    assert anchors(seed().article) == [
        (16, [1]),
        (25, [2, 5]),
        (35, [5]),
        (44, [3]),
        (52, [4]),
        (67, [6, 7]),
        (75, [4, 7]),
        (92, [3]),
    ]


def test_title_author_questions_and_references_are_found() -> None:
    article = seed().article
    assert article.title == "What Is Breast Calcifications"
    assert [bool(person.name and person.credentials) for person in article.authors] == [True]
    assert (len(article.faq), len(article.references)) == (5, 7)
    assert [reference.url is None for reference in article.references].count(True) == 1


def test_every_section_has_a_heading_and_the_lost_ones_are_marked() -> None:
    reading = seed()
    suggested = [section.heading for section in reading.article.sections if section.suggested]
    assert suggested == ["Introduction", "Overview", "Diagnosis", "Summary"]
    assert [section.level for section in reading.article.sections] == [2, 2, 2, 2, 2, 2, 3, 3, 2, 2]
    lines = [finding.line for finding in reading.findings if finding.rule == "suggested-heading"]
    assert lines == [11, 16, 70, 78, 99, 104]


def test_two_questions_are_asked_about_the_ends_of_lists() -> None:
    assert [f.line for f in seed().findings if f.rule == "E-24.citation-scope"] == [35, 44]


def test_the_nested_list_stays_nested() -> None:
    section = seed().article.sections[7]
    lists = [block for block in section.blocks if isinstance(block, Listing)]
    assert [(len(listing.items), depth(listing)) for listing in lists] == [(3, 2), (1, 1)]


def test_furniture_is_left_out_and_listed() -> None:
    left_out = {part.line: part.why for part in seed().left_out}
    assert left_out[5] == left_out[112] == left_out[120] == "a sign-up box"
    assert left_out[9] == left_out[116] == "an advertisement"
    assert left_out[117].startswith("a shortcode")
    assert left_out[125] == "the box about the author"
    assert left_out[131] == "the comment form"
    assert left_out[135] == "the foot of the page"


def test_the_checks_flag_the_size_the_spelling_and_the_order() -> None:
    found = {(finding.rule, finding.line) for finding in check(seed().article)}
    assert found >= {("contradictory-bound", 16), ("spelling", 50), ("E-25.citation-order", 25)}
    assert ("E-03.number-without-citation", 84) in found


def test_the_findings_on_it_are_those_of_the_page_about_them() -> None:
    made = seed_table.page(seed())
    assert seed_table.PAGE.read_text() == made, "run python -m tests.core.editorial.seed_table"


def test_it_survives_being_written_as_markdown() -> None:
    article = seed().article
    assert without_lines(read("a.md", write(article).encode()).article) == without_lines(article)
