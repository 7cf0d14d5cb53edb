"""Pages of plain text of several layouts, written for these tests."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Listing, Paragraph, SectionKind
from pipeline.core.content.importers import read
from pipeline.core.content.kinds import guess_kind
from pipeline.core.content.words import plain
from pipeline.core.errors import BadInput
from tests.core.content.samples import anchors, depth, sample


def test_a_scraped_page_gives_its_sections_with_lost_headings_suggested() -> None:
    article = sample("scraped-page.txt").article
    assert [(s.heading, s.level, s.suggested) for s in article.sections] == [
        ("Introduction", 2, True),
        ("Overview", 2, True),
        ("Types of kidney stones", 2, False),
        ("Causes of kidney stones", 2, False),
        ("Symptoms of kidney stones", 2, False),
        ("Treatment of kidney stones", 2, False),
        ("Small stones", 3, False),
        ("Large or blocked stomes", 3, False),
        ("Diagnosis", 2, True),
        ("Summary", 2, True),
    ]
    assert article.sections[8].kind is SectionKind.DIAGNOSIS


def test_each_suggested_heading_is_a_finding_at_its_line() -> None:
    findings = [f for f in sample("scraped-page.txt").findings if f.rule == "suggested-heading"]
    assert [f.line for f in findings] == [11, 16, 64, 70, 83, 86]


def test_glued_citations_of_a_scraped_page_are_lifted_out_of_the_words() -> None:
    article = sample("scraped-page.txt").article
    expected = [(16, [1]), (23, [2, 3]), (31, [4]), (39, [2]), (47, [4]), (61, [5]), (67, [1, 5]), (80, [3])]
    assert anchors(article) == expected
    block = article.sections[1].blocks[0]
    assert isinstance(block, Paragraph)
    assert plain(block.text).endswith("pass on their own.")


def test_questions_are_told_by_their_form_even_without_a_question_mark() -> None:
    faq = sample("scraped-page.txt").article.faq
    assert [question.question for question in faq] == [
        "Can I stop kidney stones coming back?",
        "Are kidney stones common?",
        "Who gets kidney stones",
    ]


def test_lists_keep_their_depth() -> None:
    section = sample("scraped-page.txt").article.section("large-or-blocked-stomes")
    assert section is not None
    lists = [block for block in section.blocks if isinstance(block, Listing)]
    assert [depth(listing) for listing in lists] == [3, 1]


def test_only_a_bare_last_entry_raises_the_question_of_scope() -> None:
    findings = [f for f in sample("scraped-page.txt").findings if f.rule == "E-24.citation-scope"]
    assert [f.quote for f in findings] == ["Some medicines", "Blood in the urine"]


@pytest.mark.parametrize(
    "last",
    [
        "An operation that takes an hour and after which you can go home without a bandage2",
        "Rest: it helps2",
        "You rest. It helps2",
    ],
)
def test_a_last_entry_that_is_a_statement_carries_its_own_citation(last: str) -> None:
    source = page("What may help:").replace(b"help:", f"help:\n\n• Water\n• {last}".encode())
    assert read("a.txt", source).findings == ()


def test_the_question_of_scope_is_kept_for_the_reviewer() -> None:
    assert len(sample("scraped-page.txt").article.notes_for_reviewer) == 2


def test_furniture_is_left_out_wherever_it_stands() -> None:
    reading = sample("scraped-page.txt")
    assert [(part.line, part.why) for part in reading.left_out] == [
        (5, "a sign-up box"),
        (9, "an advertisement"),
        (92, "a sign-up box"),
        (96, "an advertisement"),
        (97, "a shortcode of the site's software"),
        (98, "a pointer to another page of the site"),
        (100, "a sign-up box"),
        (102, "the box about the author"),
        (108, "the comment form"),
        (112, "the foot of the page"),
    ]
    assert reading.article.disclaimer.startswith("This page is for information only")


def test_references_lose_the_address_to_its_own_field() -> None:
    first, *_, last = sample("scraped-page.txt").article.references
    assert (first.text[-12:], first.url) == ("2024 Feb 2].", "https://stones.example/about")
    assert last.url is None, "http: is not kept as a link"
    assert "http://old.example/scan" in last.text


def test_a_wrapped_page_with_marks_in_brackets_and_numbered_headings() -> None:
    article = sample("wrapped-page.txt").article
    assert [person.name for person in article.authors] == ["Ben Sample"]
    headings = ["Introduction", "What sets it off", "Getting a diagnosis", "Treatment", "Summary"]
    assert [section.heading for section in article.sections] == headings
    assert [question.id for question in article.faq] == ["can-my-child-play-sport", "will-it-go-away"]
    assert anchors(article) == [
        (7, [1]),
        (12, [1, 3, 4]),
        (12, [2]),
        (12, [2]),
        (17, [3]),
        (27, [4]),
        (37, [2]),
    ]


def test_a_review_that_a_page_claims_does_not_make_the_article_reviewed() -> None:
    reading = sample("wrapped-page.txt")
    assert reading.article.reviewer is None
    assert "review-claimed" in {finding.rule for finding in reading.findings}


def test_names_units_years_and_abbreviations_keep_their_digits() -> None:
    reading = sample("names-with-digits.txt")
    assert anchors(reading.article) == []
    assert [f.rule for f in reading.findings] == []


SHAPES: dict[str, tuple[list[tuple[str, bool]], list[str], list[tuple[int, list[int]]], str]] = {
    # The headings, each with whether it was lost; the questions; the citations; the language.
    "headings-lost.txt": (
        [
            ("Introduction", True),
            ("Signs and symptoms", True),
            ("Causes", True),
            ("Diagnosis", True),
            ("Management and treatment", True),
            ("Summary", True),
        ],
        ["Is it the same as arthritis?", "Can I still type?", "Will it come back after an operation?"],
        [(7, [1]), (17, [2]), (23, [1, 2]), (36, [2])],
        "en-GB",
    ),
    "in-capitals.txt": (
        [("WHAT IT IS", False), ("WHAT YOU CAN DO", False), ("WHEN TO SEE A DOCTOR", False)],
        ["Can I drive?"],
        [(7, [1])],
        "en-GB",
    ),
    "no-break-spaces.txt": (
        [("Introduction", True), ("Symptoms", False), ("Treatment", False), ("Summary", False)],
        [],
        [(3, [1]), (16, [2])],
        "en-GB",
    ),
    "japanese-page.txt": (
        [("Introduction", True), ("症状", False), ("治療", False)],
        ["うつりますか？"],
        [(3, [1]), (12, [2])],
        "ja",
    ),
    "spanish-page.txt": (
        [("Introduction", True), ("Síntomas", False), ("Tratamiento", False)],
        ["¿Es grave?", "¿Puedo tomar café?"],
        [(5, [1]), (14, [2])],
        "es",
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_pages_of_other_shapes_and_languages_keep_their_outline(name: str) -> None:
    headings, questions, citations, language = SHAPES[name]
    article = sample(name).article
    assert [(section.heading, section.suggested) for section in article.sections] == headings
    assert [question.question for question in article.faq] == questions
    assert anchors(article) == citations
    assert article.language == language
    assert len(article.references) == 2


def test_particulars_of_pages_of_other_shapes() -> None:
    lost, capitals = sample("headings-lost.txt"), sample("in-capitals.txt")
    assert [(p.name, p.credentials) for p in lost.article.authors] == [("Ben Sample", "RGN")]
    assert [(part.line, part.why) for part in lost.left_out] == [(5, "a date of the page")]
    assert capitals.article.references[0].url == "https://joint.example/sprains"
    wrapped = capitals.article.sections[1].blocks[1]
    assert isinstance(wrapped, Listing)
    assert plain(wrapped.items[0].text).endswith("in the first two days.")
    symptoms = sample("no-break-spaces.txt").article.sections[1].blocks[0]
    assert isinstance(symptoms, Listing)
    assert plain(symptoms.items[1].text) == "A high temperature of 38\u00a0°C"
    asked = [f for f in sample("spanish-page.txt").findings if f.rule == "language-guessed"]
    assert [(f.severity.value, f.line) for f in asked] == [("B", 1)]
    assert sample("japanese-page.txt").article.slug == "japanese-page"


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Síntomas", SectionKind.SYMPTOMS),
        ("Symptome und Ursachen", SectionKind.SYMPTOMS),
        ("Traitement", SectionKind.MANAGEMENT),
        ("Häufige Fragen", SectionKind.QUESTIONS),
        ("الأعراض", SectionKind.SYMPTOMS),
        ("治療", SectionKind.MANAGEMENT),
        ("まとめ", SectionKind.SUMMARY),
        ("Formations of ice", SectionKind.OTHER),
    ],
)
def test_what_a_section_is_about_is_guessed_in_several_languages(heading: str, kind: SectionKind) -> None:
    assert guess_kind(heading) is kind


def page(sentence: str) -> bytes:
    references = "\n".join(f"{n}. Sample {n}. 2020." for n in range(1, 8))
    return f"Tests\n\nAbout tests\n\n{sentence}\n\nReferences\n\n{references}\n".encode()


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("It may be malignant.1 Ask.", [1]),
        ("It needs more tests2,5", [2, 5]),
        ("It needs more tests2–4", [2, 3, 4]),
        ("It needs (as said)3.", [3]),
        ("It was found by MRI.4", [4]),
        ("It hurts¹,³ and itches.", [1, 3]),
        ("It is rare [6].", [6]),
    ],
)
def test_a_citation_at_the_end_of_a_sentence_is_lifted(sentence: str, numbers: list[int]) -> None:
    assert anchors(read("a.txt", page(sentence)).article) == [(5, numbers)]


@pytest.mark.parametrize(
    "sentence",
    [
        "It needs more tests9.",  # there are seven references
        "It needs tests5,2.",  # not in rising order
        "It needs tests2 and rest.",  # in mid-sentence
        "We used MRI3. An MRI was enough.",  # an abbreviation that also stands alone
        "It goes within the day2.",  # a day with a number, or a citation
        "It is rare [9].",
    ],
)
def test_what_could_be_a_citation_is_left_and_asked_about(sentence: str) -> None:
    reading = read("a.txt", page(sentence))
    assert anchors(reading.article) == []
    assert [(f.rule, f.line) for f in reading.findings] == [("E-20.glued-citation", 5)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Take vitamin D3.",
        "It follows COVID-19.",
        "A change in BRCA1.",
        "The hormone T4.",
        "There were 10^3.",
        "It covers 5 cm2.",
        "It covers 5 m².",
        "It was 1996.",
        "It came 3rd.",
        "See Fig.2.",
        "The mean was 3.5",
        "See https://x.test/page.1",
        "He took Omega3.",
        "It is 20kg/m2.",
        "It was counted in kcal3.",
    ],
)
def test_digits_that_belong_to_their_word_are_neither_lifted_nor_asked_about(sentence: str) -> None:
    reading = read("a.txt", page(sentence))
    assert anchors(reading.article) == []
    assert reading.findings == ()
    block = reading.article.sections[0].blocks[0]
    assert isinstance(block, Paragraph)
    assert plain(block.text) == sentence


def test_a_page_where_everything_stands_far_apart_has_lost_no_heading() -> None:
    text = "\n\n\n".join(
        ["Coughs", "Causes", "A cold is the usual cause.", "Dust is another cause.", "Care", "Rest."]
    )
    reading = read("a.txt", text.encode())
    assert [section.heading for section in reading.article.sections] == ["Causes", "Care"]


def test_a_summary_after_the_references_is_still_the_articles() -> None:
    text = page("It is rare.").decode() + "\nSummary\n\nIt is rare and mild.\n"
    assert [s.heading for s in read("a.txt", text.encode()).article.sections] == ["About tests", "Summary"]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (b"", "a.txt: The file is empty"),
        (b"\n \n", "a.txt: The file is empty"),
        (b"Only a title\n", "a.txt:1: There is no section"),
        (b"This is a sentence, and no title.\n\nMore.\n", "a.txt:1: There is no title"),
        (b"A title\n\n\xff\xfe\n", "a.txt:3: This is not UTF-8"),
        (b"A title\n\nA\x00B\n", "a.txt:3: The line holds the control character U+0000"),
        (b"A title\n" + b"a\n" * 25_000, "a.txt: The file has 25001 lines"),
        (b"a" * (2 * 1024 * 1024 + 1), "a.txt: The file is larger than 2 MiB"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_place(source: bytes, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read("a.txt", source)
    assert str(refusal.value).startswith(sentence)
