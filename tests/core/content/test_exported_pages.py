"""HTML that Word and Google Docs export: title, headings, lists, styles and notes come through."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Block, Listing, Reading
from pipeline.core.content.importers import read
from pipeline.core.content.lines import without_lines
from pipeline.core.content.markdown_writer import write
from pipeline.core.content.words import plain
from tests.core.content.samples import ROOT, anchors

PAGES = ROOT / "tests" / "samples" / "pages"
WORD, DOCS = (PAGES / "word.htm").read_bytes(), (PAGES / "google-docs.html").read_bytes()


def outline(blocks: tuple[Block, ...]) -> list[object]:
    found: list[object] = []
    for block in blocks:
        if isinstance(block, Listing):
            found += [[plain(i.text), *outline(i.blocks)] if i.blocks else plain(i.text) for i in block.items]
    return found


def headings(reading: Reading) -> list[tuple[str, int]]:
    return [(section.heading, section.level) for section in reading.article.sections]


def test_a_page_of_word_keeps_its_title_headings_lists_and_endnotes() -> None:
    reading = read("a.htm", WORD)
    article = reading.article
    assert "language-guessed" not in {f.rule for f in reading.findings}
    assert (article.title, article.language) == ("Hay fever", "en-GB")
    assert headings(reading) == [
        ("Introduction", 2),
        ("Symptoms", 2),
        ("What helps", 3),
        ("For children", 4),
        ("Outlook", 2),
    ]
    assert outline(article.sections[1].blocks) == ["sneezing", ["itchy eyes", "red rims"], "a runny nose"]
    helps = article.sections[2].blocks[0]
    assert isinstance(helps, Listing)
    assert (helps.ordered, [plain(item.text) for item in helps.items]) == (
        True,
        ["Look up the count.", "Wash your face."],
    )
    assert [r.text for r in article.references] == [
        "Sample A. Pollen and asthma. J Examples. 2024.",
        "Example Allergy Trust. Children. 2023.",
    ]
    assert [refs for _, refs in anchors(article)] == [[1], [2], [1]]
    words = write(article)
    assert "It’s an allergy to “pollen” – a common one." in words
    assert not [gone for gone in ("[i]", "Check this", "Draft of the unit", "·") if gone in words]
    assert {"a comment of an editor", "the table of contents", "the foot of the page"} <= {
        part.why for part in reading.left_out
    }


def test_a_filtered_page_of_word_has_its_lists_by_marks_and_margins() -> None:
    mark = "<span style='font-family:Symbol'>{}<span style='font:7.0pt'>&nbsp;&nbsp; </span></span>"
    source = f"""<html><head><meta name=Generator content="Microsoft Word 15 (filtered)"></head><body lang=EN-GB>
    <h1>Hay fever</h1><h2>A</h2><p class=MsoNormal>Take:</p>
    <p class=MsoListParagraph style='margin-left:.5in;text-indent:-.25in'>{mark.format("·")}a mask</p>
    <p class=MsoListParagraph style='margin-left:1.0in;text-indent:-.25in'>{mark.format("o")}a clean one</p>
    <p class=MsoListParagraph style='margin-left:.5in'>that fits.</p>
    <p class=MsoNormal>Rest.</p><p class=MsoListParagraph>Only indented.</p></body></html>"""
    reading = read("a.htm", source.encode())
    assert reading.article.title == "Hay fever"
    assert outline(reading.article.sections[0].blocks) == [["a mask", "a clean one"]]
    assert "Only indented." in write(reading.article)
    assert "that fits." in write(reading.article)


def test_a_page_of_google_docs_keeps_its_headings_styles_lists_links_and_footnotes() -> None:
    reading = read("a.html", DOCS)
    article = reading.article
    assert article.title == "Hay fever"
    assert headings(reading) == [("Introduction", 2), ("Symptoms", 2), ("What helps", 3)]
    assert outline(article.sections[1].blocks) == ["sneezing", ["itchy eyes", "red rims"], "a runny nose"]
    assert [r.text for r in article.references] == [
        "Sample A. Pollen. J Examples. 2024.",
        "Example Trust. Children. 2023.",
    ]
    assert [refs for _, refs in anchors(article)] == [[1], [2]]
    words = write(article)
    assert "an allergy to **pollen** *in spring*" in words
    assert "[trust](https://trust.example/a?b=1)" in words
    assert "Check this" not in words
    assert "[a]" not in words


@pytest.mark.parametrize("source", [WORD, DOCS])
def test_what_comes_of_it_can_be_kept(source: bytes) -> None:
    article = read("a.html", source).article
    assert without_lines(read("a.md", write(article).encode()).article) == without_lines(article)
