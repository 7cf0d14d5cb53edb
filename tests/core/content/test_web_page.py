"""Web pages: the samples in tests/samples/pages, and one habit of pages at a time."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Callout, Listing, Paragraph, Reading, Table, Urgency
from pipeline.core.content.importers import read
from pipeline.core.content.lines import without_lines
from pipeline.core.content.markdown_writer import write
from pipeline.core.content.words import plain, texts
from pipeline.core.errors import BadInput
from tests.core.content.samples import ROOT, anchors

PAGES = ROOT / "tests" / "samples" / "pages"
REFERENCES = (
    '<h2>References</h2><ol><li id="r1">One A. 2020.</li><li id="r2">Two B. 2021.</li>'
    '<li id="r3">Three. 2022.</li></ol>'
)


def page_sample(name: str) -> Reading:
    return read(name, (PAGES / name).read_bytes())


def page(body: str, head: str = "") -> Reading:
    """`body` on line 2, under a title that it need not name."""
    head = f"<head><title>Colds</title>{head}</head>"
    source = f"<html lang=en-GB>{head}<body><main><h1>Colds</h1>\n{body}</main></body></html>"
    return read("a.html", source.encode())


def words(reading: Reading, section: int = 0) -> list[str]:
    return [plain(text) for text, _ in texts(reading.article.sections[section].blocks)]


def rules(reading: Reading) -> set[str]:
    return {finding.rule for finding in reading.findings}


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.name)
def test_every_sample_reads_and_its_article_writes_and_reads_again(path) -> None:  # type: ignore[no-untyped-def]
    article = page_sample(path.name).article
    assert without_lines(read("a.md", write(article).encode()).article) == without_lines(article)


def test_a_page_gives_its_sections_questions_and_sources_and_nothing_of_its_furniture() -> None:
    article = page_sample("anaemia.html").article
    assert [(s.heading, s.suggested) for s in article.sections] == [
        ("Introduction", True),
        ("Symptoms", False),
        ("Causes", False),
        ("Treatment", False),
    ]
    assert [q.question for q in article.faq] == [
        "Can I take iron with tea?",
        "How long does it take?",
        "Does it come back?",
    ]
    assert anchors(article) == [(43, [1]), (47, [1, 3, 4]), (53, [2]), (64, [5]), (66, [4]), (86, [2])]
    assert [(r.number, r.url) for r in article.references] == [
        (1, "https://blood.example/iron"),
        (2, "https://journal.example/iron-tablets"),
        (3, None),
        (4, None),
        (5, "https://blood.example/periods"),
    ]
    assert [person.name for person in article.authors] == ["Ada Sample"]
    assert article.disclaimer.startswith("This page gives general information")


def test_what_a_page_carries_besides_is_listed_with_its_line_and_why() -> None:
    assert [(part.line, part.why) for part in page_sample("anaemia.html").left_out] == [
        (9, "code of the page"),
        (26, "navigation"),
        (27, "a cookie notice"),
        (28, "the head of the page"),
        (32, "navigation"),
        (39, "a date of the page"),
        (41, "buttons for sharing"),
        (42, "navigation"),
        (57, "for screen readers alone"),
        (61, "a sign-up box"),
        (65, "a picture: an article carries words only"),
        (79, "links to other articles"),
        (98, "comments of readers"),
        (101, "beside the article"),
        (102, "the foot of the page"),
        (103, "hidden on the page"),
    ]


def test_a_care_card_keeps_its_urgency_and_a_table_its_caption_header_and_spans() -> None:
    symptoms, causes = page_sample("anaemia.html").article.sections[1:3]
    callout = symptoms.blocks[-1]
    assert isinstance(callout, Callout)
    assert (callout.urgency, callout.title) == (Urgency.URGENT, "Ask for an urgent appointment if:")
    caption, table = causes.blocks[-2:]
    assert isinstance(caption, Paragraph)
    assert isinstance(table, Table)
    assert plain(caption.text) == "Blood counts"
    assert [[plain(cell) for cell in row] for row in (table.header, *table.rows)] == [
        ["Who", "Haemoglobin"],
        ["Women", "120 g/L"],
        ["Men", "130 g/L"],
        ["Boys over 15", "130 g/L"],
    ]


def test_a_reviewer_whom_a_page_names_does_not_make_it_reviewed() -> None:
    reading = page_sample("anaemia.html")
    assert reading.article.reviewer is None
    assert reading.article.reviewed_on is None
    assert "review-claimed" in rules(reading)
    assert [note.split(".")[0] for note in reading.article.notes_for_reviewer] == [
        "The page says that it was reviewed by Dr Omar Example, GP",
        "The page's own data say that it was last reviewed on 2026-02-20",
        "Does the citation after 'shortness of breath' support that entry or the whole list? It was left on the entry",
    ]


def test_sources_in_tooltips_become_references_and_other_tooltips_are_listed() -> None:
    reading = page_sample("tooltips.html")
    assert anchors(reading.article) == [(5, [1]), (5, [1]), (5, [2])]
    assert [reference.url for reference in reading.article.references] == [
        "https://child.example/fever",
        None,
    ]
    assert "tip" not in write(reading.article)
    assert ("a tooltip that explains a word", "GP: general practitioner") in [
        (part.why, part.quote) for part in reading.left_out
    ]


def test_a_page_without_marked_parts_says_that_its_main_part_was_guessed() -> None:
    reading = page_sample("old-table-layout.html")
    assert [section.heading for section in reading.article.sections] == [
        "Introduction",
        "What to do",
        "What not to do",
    ]
    assert {"main-part-guessed", "bold-heading"} <= rules(reading)
    assert isinstance(reading.article.sections[1].blocks[1], Listing)


@pytest.mark.parametrize(
    ("name", "language", "slug", "heading"),
    [
        ("arabic.html", "ar", "arabic", "الأعراض"),
        ("japanese.html", "ja", "hinketsu", "症状"),
        ("latin1.html", "en-GB", "coffee-and-the-cafe", "Introduction"),
    ],
)
def test_other_scripts_and_encodings(name: str, language: str, slug: str, heading: str) -> None:
    article = page_sample(name).article
    assert (article.language, article.slug) == (language, slug)
    assert heading in [section.heading for section in article.sections]


MARKS = {
    "a raised number": ("<p>It is rare.<sup>2</sup></p>", [2]),
    "a range": ("<p>It is rare.<sup>1&ndash;3</sup></p>", [1, 2, 3]),
    "linked ends of a range": ("<p>x y.<sup><a href='#r1'>1</a>–<a href='#r3'>3</a></sup></p>", [1, 2, 3]),
    "a link to an entry": ("<p>It is rare <a href='#r2'>[2]</a>.</p>", [2]),
    "brackets around links": ("<p>x y [<a href='#r1'>1</a>, <a href='#r3'>3</a>].</p>", [1, 3]),
    "round brackets around a link": ("<p>x y (<a href='#r3'>3</a>).</p>", [3]),
    "plain brackets": ("<p>x y [1,3].</p>", [1, 3]),
    "neighbours": ("<p>x y.<sup>1</sup><sup>,</sup><sup>2</sup></p>", [1, 2]),
}


@pytest.mark.parametrize("name", MARKS)
def test_a_mark_becomes_a_citation_and_leaves_no_trace_in_the_words(name: str) -> None:
    body, numbers = MARKS[name]
    reading = page(f"<h2>A</h2>{body}{REFERENCES}")
    assert anchors(reading.article) == [(2, numbers)]
    assert not any(sign in words(reading)[0] for sign in "[](),–123")


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("10<sup>3</sup> cells", "10³ cells"),
        ("5 m<sup>2</sup> of skin", "5 m² of skin"),
        ("the 3<sup>rd</sup> day", "the 3rd day"),
        ("CO<sub>2</sub> and B<sub>12</sub>", "CO₂ and B₁₂"),
        ("Take <del>20</del> <ins>10</ins> mg", "Take 10 mg"),
        ("a <q>mild</q> cold", "a “mild” cold"),
        ("5&nbsp;mg&nbsp; daily", "5\u00a0mg daily"),
    ],
)
def test_powers_ordinals_and_corrections_keep_their_meaning(markup: str, text: str) -> None:
    reading = page(f"<h2>A</h2><p>{markup}.</p>{REFERENCES}")
    assert words(reading) == [f"{text}."]
    assert anchors(reading.article) == []


def test_a_mark_that_the_list_does_not_have_or_that_leads_elsewhere_is_reported() -> None:
    reading = page(f"<h2>A</h2><p>x y.<sup>9</sup> z.<sup><a href='#r2'>3</a></sup></p>{REFERENCES}")
    assert words(reading) == ["x y. [9] z."]
    assert anchors(reading.article) == [(2, [2])]
    assert {"unknown-citation", "citation-number-differs"} <= rules(reading)


def test_a_control_character_beside_what_is_left_out_goes() -> None:
    reading = page("<h2>A</h2><p>Some&#1; words.</p><form>Name</form>&#2;More of them.")
    assert [text.strip() for text in words(reading)] == ["Some words.", "More of them."]


def test_references_are_found_by_heading_by_name_and_in_paragraphs() -> None:
    wiki = (
        '<p>x y.<sup><a href="#cite_note-a">[1]</a></sup></p><div class="reflist"><ol class="references">'
        '<li id="cite_note-a"><span class="mw-cite-backlink"><a href="#cite_ref-a">^</a></span> Sample A. 2020.'
    )
    lines = "<p>x y.<sup>1</sup></p><p><strong>Sources:</strong></p><p>1. Sample A. 2020.</p><p>2. Sample B. 2021.</p>"
    folded = (
        "<p>x y.<sup>1</sup></p><details><summary>References</summary><ul><li>Sample A. 2020. "
        '<a href="https://x.example/a">link</a></li></ul></details>'
    )
    for body, texts_ in ((wiki, ["Sample A. 2020."]), (lines, ["Sample A. 2020.", "Sample B. 2021."])):
        article = page(f"<h2>A</h2>{body}").article
        assert [reference.text for reference in article.references] == texts_
        assert anchors(article) == [(2, [1])]
    assert page(f"<h2>A</h2>{folded}").article.references[0].url == "https://x.example/a"


def test_entries_that_only_hold_a_list_give_their_place_to_its_entries() -> None:
    lists = "<ol><li>one</li><li><ol><li>two</li></ol></li><ol><li>three</li></ol></ol>"
    (listing,) = page(f"<h2>A</h2>{lists}").article.sections[0].blocks
    assert isinstance(listing, Listing)
    assert [plain(text) for text, _ in texts((listing,))] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("link", "href"),
    [
        ("https://x.example/a", "https://x.example/a"),
        ("/b?c=1", "https://harbour.example/b?c=1"),
        ("../d", "https://harbour.example/d"),
        ("http://x.example/a", None),
        ("javascript:alert(1)", None),
        ("https://a:b@x.example/", None),
        ("data:text/html,x", None),
    ],
)
def test_only_links_that_an_article_may_have_are_kept(link: str, href: str | None) -> None:
    head = '<link rel="canonical" href="https://harbour.example/conditions/colds">'
    reading = page(f'<h2>A</h2><p>See <a href="{link}">this page</a>.</p>', head)
    block = reading.article.sections[0].blocks[0]
    assert isinstance(block, Paragraph)
    assert [run.href for run in block.text if getattr(run, "text", "") == "this page"] == (
        [href] if href else []
    )
    assert plain(block.text) == "See this page."
    assert ("link-left-as-words" in rules(reading)) is (href is None)


BOXES = [
    (
        '<div class="nhsuk-care-card nhsuk-care-card--non-urgent"><h3>See a GP if:</h3><p>it lasts</p></div>',
        Urgency.SOON,
    ),
    (
        '<div class="nhsuk-care-card nhsuk-care-card--immediate"><h3>Call if:</h3><p>it hurts</p></div>',
        Urgency.URGENT,
    ),
    ('<div role="alert"><p>Call 999 if you cannot breathe.</p></div>', Urgency.URGENT),
    ('<div class="wp-block-group alert-box alert"><p>Ask your pharmacist.</p></div>', Urgency.SOON),
    ('<p class="callout">Colds pass.</p>', Urgency.NOTE),
]


@pytest.mark.parametrize(("box", "urgency"), BOXES)
def test_boxes_are_callouts_of_the_urgency_that_they_say(box: str, urgency: Urgency) -> None:
    (callout,) = page(f"<h2>A</h2>{box}").article.sections[0].blocks
    assert isinstance(callout, Callout)
    assert callout.urgency is urgency


def test_accordions_of_sections_are_sections_and_what_follows_them_is_marked_as_a_suggestion() -> None:
    body = (
        "<h2>Types</h2><p>There are two.</p><button aria-expanded=false aria-controls=p1>Head colds</button>"
        "<div id=p1 hidden><p>In the nose.</p></div><button aria-expanded=false aria-controls=p2>Chest colds</button>"
        "<div id=p2 hidden><p>Lower down.</p></div><p>Both pass.</p>"
    )
    assert [(s.heading, s.level, s.suggested) for s in page(body).article.sections] == [
        ("Types", 2, False),
        ("Head colds", 3, False),
        ("Chest colds", 3, False),
        ("Types (continued)", 2, True),
    ]


def test_one_folded_stretch_is_a_box() -> None:
    (_, callout) = (
        page("<h2>A</h2><p>x y.</p><details><summary>More on noses</summary><p>They run.</p></details>")
        .article.sections[0]
        .blocks
    )
    assert isinstance(callout, Callout)
    assert callout.title == "More on noses"


FAQS = {
    "headings under an FAQ heading": "<h2>FAQs</h2><h3>Do colds spread?</h3>Yes.<h3>For how long?</h3>A week.",
    "terms of a list": "<h2>Common questions</h2><dl><dt>Do colds spread?<dd>Yes.<dt>For how long?<dd>A week.</dl>",
    "bold lines": "<h2>FAQ</h2><p><b>Do colds spread?</b><br>Yes.</p><p><b>For how long?</b></p><p>A week.</p>",
    "microdata": (
        '<h2>Things people ask</h2><div itemscope itemtype="https://schema.org/Question"><h3 itemprop="name">Do colds '
        'spread?</h3>Yes.</div><div itemscope itemtype="https://schema.org/Question"><h3 itemprop="name">For how '
        "long?</h3><p>A week.</p></div>"
    ),
}


@pytest.mark.parametrize("name", FAQS)
def test_questions_are_found_in_every_form(name: str) -> None:
    article = page(f"<h2>A</h2><p>x y.</p>{FAQS[name]}").article
    assert [(q.question, [plain(t) for t, _ in texts(q.answer)]) for q in article.faq] == [
        ("Do colds spread?", ["Yes."]),
        ("For how long?", ["A week."]),
    ]
    assert [section.heading for section in article.sections] == ["A"]


def test_a_question_whose_answer_is_missing_is_an_error() -> None:
    reading = page("<h2>A</h2><p>x y.</p><h2>FAQ</h2><h3>Why?</h3><h3>How?</h3><p>So.</p>")
    assert [q.question for q in reading.article.faq] == ["How?"]
    assert "question-without-answer" in rules(reading)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            '{"@type": "Article", "headline": "Bunions and hammer toes"}',
            "the title 'Bunions and hammer toes'",
        ),
        (
            '{"@type": "Article", "headline": "Colds", "author": {"name": "Eve Else"}}',
            "the author 'Eve Else'",
        ),
        (
            '{"@type": "MedicalWebPage", "headline": "Colds", "reviewedBy": {"name": "Dr Eve Else"}}',
            "the reviewer 'Dr Eve Else'",
        ),
        (
            '{"@type": "FAQPage", "mainEntity": [{"@type": "Question", "name": "Is it flu?"}]}',
            "the question 'Is it flu?'",
        ),
        ('{"@type": "Article", "headline": ', "cannot be read"),
    ],
)
def test_data_that_say_what_the_page_does_not_are_reported_and_not_used(data: str, said: str) -> None:
    reading = page("<h2>A</h2><p>x y.</p>", f'<script type="application/ld+json">{data}</script>')
    assert [f.rule for f in reading.findings if said in f.message] == ["schema-disagrees"]
    assert (reading.article.title, reading.article.authors, reading.article.faq) == ("Colds", (), ())


def test_a_promotion_and_a_related_list_in_mid_article_go_and_the_article_goes_on() -> None:
    reading = page(
        "<h2>A</h2><p>x y.</p><p>Sign up for our weekly newsletter!</p><p>Read more about flu</p><p>z w.</p>"
        "<h3>Related articles</h3><ul><li>Flu</li></ul><h2>Home care</h2><p>Home tests help.</p>"
    )
    assert [(s.heading, words(reading, n)) for n, s in enumerate(reading.article.sections)] == [
        ("A", ["x y.", "z w."]),
        ("Home care", ["Home tests help."]),
    ]
    assert [part.why for part in reading.left_out] == [
        "a sign-up box",
        "navigation",
        *["links to other articles"] * 2,
    ]


def test_a_declared_encoding_that_is_not_true_or_not_known_is_refused_with_its_line() -> None:
    with pytest.raises(BadInput, match=r"a\.html:2: This is not shift_jis text"):
        read("a.html", b"<meta charset=shift_jis>\n<p>\x85\x20</p>")
    with pytest.raises(BadInput, match=r"a\.html:1: The page says that it is written in 'rot13'"):
        read("a.html", b"<meta charset=rot13><p>x</p>")


def test_utf_16_is_told_by_its_mark() -> None:
    assert read("a.html", "<h1>Colds</h1><p>x é.</p>".encode("utf-16")).article.title == "Colds"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<div>" * 300 + "<p>x</p>", "nests its elements more than 250 deep"),
        (f"<p {' '.join(f'a{n}=1' for n in range(600))}>x</p>", "more than 500 attributes"),
        ("<i></i>" * 30_001, "more than 30,000 elements"),
        ("<table>" + "<tr><td>x" * 450 + f"<tr>{'<td>x' * 450}</table>", "more than 20,000 cells"),
    ],
)
def test_a_page_that_is_built_to_hurt_is_refused(body: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        page(body)
