"""What each rule flags, and what it must leave alone."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Article, Cite, Paragraph, Run, Section, SectionKind
from pipeline.core.editorial import check
from tests.core.content.samples import sample
from tests.core.editorial.examples import written


def found(body: str, rule: str) -> list[tuple[int, str]]:
    """(line, quote) of each finding of `rule`; the body begins on line 7 and has three references."""
    return [(f.line, f.quote) for f in check(written(body).article) if f.rule == rule]


@pytest.mark.holds("E-03")
@pytest.mark.parametrize(
    "sentence",
    [
        "About 10% of people have it.",
        "It is found in 1 in 2 people. Some studies agree.[1]",
        "Most are 5 mm wide.",
    ],
)
def test_a_number_without_a_citation_in_its_sentence_is_flagged(sentence: str) -> None:
    assert [line for line, _ in found(f"## A\n{sentence}\n", "E-03.number-without-citation")] == [8]


@pytest.mark.parametrize(
    "sentence",
    [
        "About 10% of people have it.[1] It is mild.",
        "About 10% [1] of people have it.",
        "Call 999 or NHS 111 now.",
        "Phone 020 7946 0000.",
        "It follows COVID-19, BRCA1 or type 2 diabetes.",
        "Vitamin B12 was found in 1926.",
        "Reviewed on 6 August 2018.",
        "It is harmless.",
    ],
)
def test_a_cited_number_or_a_name_or_a_date_is_left_alone(sentence: str) -> None:
    assert found(f"## A\n{sentence}\n", "E-03.number-without-citation") == []


def test_a_citation_on_the_lead_in_covers_the_list() -> None:
    assert found("## A\nSizes are:[1]\n\n- 5 mm\n- 6 mm\n", "E-03.number-without-citation") == []
    assert len(found("## A\nSizes are:\n\n- 5 mm\n- 6 mm[1]\n", "E-03.number-without-citation")) == 1


@pytest.mark.holds("E-25")
def test_references_out_of_order_raise_one_warning() -> None:
    assert found("## A\na.[2]\n\nb.[1]\n\nc.[3]\n", "E-25.citation-order") == [(8, "2, 1, 3")]
    assert found("## A\na.[1]\n\nb.[1,2]\n\nc.[3]\n", "E-25.citation-order") == []


def test_order_follows_the_file_where_questions_stand_in_the_middle() -> None:
    body = "## A\na.[1]\n## Questions and answers\n### B\nb.[2]\n## C\nc.[3]\n"
    assert found(body, "E-25.citation-order") == []


def test_a_reference_that_nobody_cites_is_flagged_at_its_line() -> None:
    assert found("## A\na.[1,3]\n", "uncited-reference") == [(4, "Two 2024")]


def test_a_citation_without_its_reference_is_flagged() -> None:
    section = Section("a", "A", 2, SectionKind.OTHER, (Paragraph((Run("a"), Cite(("gone",))), 9),))
    assert [(f.rule, f.line) for f in check(Article("T", "t", (section,), disclaimer="Ask."))] == [
        ("missing-reference", 9)
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Macrospots (less than 2 mm) are larger, and microspots are smaller.",
        "Polyps (under 5 mm) are usually bigger.",
        "Grade one tears (more than 3 cm) are smaller.",
        "Large polyps (up to 2 mm) need checking.",
        "Microspots (over 5 mm) need checking.",
        "Macrospots are less than 2 mm wide.",
    ],
)
def test_a_size_that_contradicts_its_words_is_for_a_clinician(sentence: str) -> None:
    findings = [
        f for f in check(written(f"## A\n{sentence}[1]\n").article) if f.rule == "contradictory-bound"
    ]
    assert [(f.line, f.severity.value) for f in findings] == [(8, "A")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Macrospots (more than 2 mm) are larger, and microspots (less than 2 mm) are smaller.",
        "Spots (less than 2 mm) are small, while the others are larger.",
        "Spots (less than 2 mm) are larger than grains of salt.",
        "Small polyps (up to 2 mm) need no checking. Others are larger.",
        "People (over 50) are at higher risk.",
    ],
)
def test_a_size_that_agrees_is_left_alone(sentence: str) -> None:
    assert found(f"## A\n{sentence}[1]\n", "contradictory-bound") == []


def test_a_slip_in_a_word_used_often_is_found_even_in_a_heading() -> None:
    often = "## A\nArthroscopy. Arthroscopy of arthroscopy.\n"
    body = often + "## The atrhroscopy\nb\n### Brthroscopy\nc\n### Arthrscopy\nd\n"
    assert found(body, "spelling") == [(9, "atrhroscopy"), (11, "brthroscopy"), (13, "arthrscopy")]


@pytest.mark.parametrize(
    ("often", "once"),
    [
        ("macrocalcification", "microcalcification"),
        ("diagnosis", "diagnoses"),
        ("categorised", "categorized"),
        ("haemorrhage", "hemorrhage"),
        ("injection", "infection"),
        ("symptomatic", "asymptomatic"),
        ("labelling", "labeling"),
        ("mammogram", "mammograms"),
        ("hypertension", "hypotension"),
    ],
)
def test_another_form_or_another_word_is_no_slip(often: str, once: str) -> None:
    assert found(f"## A\n{often} {often} {often} and {once}\n", "spelling") == []


def test_a_word_spelt_two_ways_often_is_no_slip() -> None:
    assert found("## A\nabdomenal abdomenal abdominal abdominal abdominal\n", "spelling") == []


def test_tags_and_slots_in_the_words_are_flagged() -> None:
    body = "## A\nb <mj-raw>c</mj-raw>\n\nd \\[\\[name\\]\\] {{ 7*7 }}\n"
    assert found(body, "markup-in-text") == [(8, "<mj-raw>"), (8, "</mj-raw>")]
    assert found(body, "slot-in-text") == [(10, "[[name]]"), (10, "{{ 7*7 }}")]


def test_a_comparison_is_not_a_tag() -> None:
    assert found("## A\na < b and c > d, p<0.05\n", "markup-in-text") == []


def test_a_character_that_does_not_show_is_flagged() -> None:
    assert found("## A\nab\u200bc\n\n\u202ed\n", "hidden-character") == [(8, "ab"), (10, "")]


def test_a_heading_over_nothing_is_flagged_unless_smaller_ones_follow() -> None:
    assert found("## A\n## B\n### C\nc\n## D\n", "empty-section") == [(7, "A"), (11, "D")]


def test_findings_come_in_the_order_of_the_file() -> None:
    lines = [finding.line for finding in check(sample("scraped-page.txt").article)]
    assert lines == sorted(lines)
    assert lines


def test_an_article_in_order_raises_nothing() -> None:
    assert check(written("## A\nIn 1 of 10 people.[1] It is mild.[2]\n\nIt goes.[3]\n").article) == ()
