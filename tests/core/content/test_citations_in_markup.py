"""Citations on web pages and in the Markdown of other tools: every notation that a page of plain text may have (E-20),
and those that only markup has, over styles, links and cells."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.core.content.article import Cite, Inlines, Listing, Paragraph, Reading, Run, Table
from pipeline.core.content.importers import read
from pipeline.core.content.lines import without_lines
from pipeline.core.content.markdown_writer import write
from pipeline.core.content.words import plain, texts
from pipeline.core.errors import BadInput
from tests.core.content.samples import anchors, sample
from tests.core.content.test_citations import ASKED, CITED, LEFT_ALONE, LIST

_LISTED_IN_HTML = "".join(f'<li id="r{n}">{html.escape(text)}</li>' for n, text in enumerate(LIST, 1))
_LISTED_IN_MARKDOWN = "".join(f"{n}. {text}\n" for n, text in enumerate(LIST, 1))


def web(body: str, listed: str = _LISTED_IN_HTML) -> Reading:
    """A page with `body` under its one heading, in line 2, and a list of twelve references."""
    listed = f"<h2>References</h2><ol>{listed}</ol>" if listed else ""
    page = f"<html><main><h1>Tests</h1><h2>About tests</h2>\n{body}{listed}</main></html>"
    return read("a.html", page.encode())


def foreign(body: str, listed: str = _LISTED_IN_MARKDOWN) -> Reading:
    """A page with `body` under its one heading, in line 7."""
    listed = f"\n\n## References\n\n{listed}" if listed else ""
    return read("a.md", f"---\ntitle: Tests\ndate: x\n---\n## About tests\n\n{body}{listed}\n".encode())


def in_html(sentence: str) -> Reading:
    marked = (
        html.escape(sentence, quote=False).replace("&lt;sup&gt;", "<sup>").replace("&lt;/sup&gt;", "</sup>")
    )
    return web(f"<p>{marked}</p>")


READERS: dict[str, Callable[[str], Reading]] = {"web": in_html, "Markdown": foreign}


def first_text(reading: Reading) -> Inlines:
    return next(texts(reading.article.sections[0].blocks))[0]


def cites(reading: Reading) -> list[list[int]]:
    return [numbers for _, numbers in anchors(reading.article)]


def asked(reading: Reading) -> list[str]:
    return [f.rule for f in reading.findings if f.rule.startswith(("E-20", "unknown-citation"))]


@pytest.mark.holds("E-20")
@pytest.mark.parametrize("reader", READERS)
def test_markup_has_every_notation_that_plain_pages_have(reader: str) -> None:
    for sentence, numbers, words in CITED:
        reading = READERS[reader](sentence)
        assert (sentence, cites(reading), plain(first_text(reading)), asked(reading)) == (
            sentence,
            sorted(numbers),
            words,
            [],
        )


@pytest.mark.holds("E-20")
@pytest.mark.parametrize("reader", READERS)
def test_doses_years_names_and_powers_of_markup_are_no_citations(reader: str) -> None:
    for sentence in LEFT_ALONE:
        reading = READERS[reader](sentence)
        # `10^3^` is a power that Markdown raises.
        words = (
            re.sub(r"\^([23])\^", lambda m: {"2": "²", "3": "³"}[m[1]], sentence)
            if reader != "web"
            else sentence
        )
        assert (cites(reading), plain(first_text(reading)), asked(reading)) == ([], words, [])


@pytest.mark.holds("E-20")
@pytest.mark.parametrize("reader", READERS)
def test_what_could_be_a_citation_in_markup_is_left_and_asked_about_once(reader: str) -> None:
    for sentence in ASKED:
        reading = READERS[reader](sentence)
        assert (cites(reading), plain(first_text(reading)), asked(reading)) == (
            [],
            sentence,
            ["E-20.glued-citation"],
        )


SPLIT = {
    "strong words before glued figures": ("It needs more <b>tests</b>2,5", [[2, 5]], "It needs more tests"),
    "figures in the strong words": ("It is <strong>rare.3</strong> Ask.", [[3]], "It is rare. Ask."),
    "a bracket in italics": ("It is <i>rare (</i>1<i>)</i>.", [[1]], "It is rare."),
    "a name in italics": ("It is rare (<em>Smith et al.</em>, 2020).", [[1]], "It is rare."),
    "a year in italics": ("Smith <i>et al.</i> (<b>2020</b>) found it.", [[1]], "Smith et al. found it."),
    "square marks, each in a style": ("It is rare <i>[1]</i>–<b>[3]</b>.", [[1, 2, 3]], "It is rare."),
    "a raised sign": ("It is rare <b>[2</b>].", [[2]], "It is rare."),
}


@pytest.mark.parametrize("name", SPLIT)
def test_a_mark_may_go_through_several_styles(name: str) -> None:
    body, numbers, words = SPLIT[name]
    for reading in (web(f"<p>{body}</p>"), foreign(body)):
        assert (cites(reading), plain(first_text(reading)), asked(reading)) == (numbers, words, [])


_SENTENCES = st.sampled_from(
    [
        s
        for s in (*(s for s, _, _ in CITED), *LEFT_ALONE, *ASKED)
        if not re.search(r"[<^]|https:|@", s) and len(s) > 8
    ]
)


@given(_SENTENCES, st.integers(1, 7), st.integers(1, 60), st.sampled_from(["b", "i", "em", "strong", "span"]))
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
def test_a_style_over_any_stretch_changes_no_citation(
    sentence: str, start: int, length: int, tag: str
) -> None:
    end = min(start + length, len(sentence) - 1)
    parts = [html.escape(part) for part in (sentence[:start], sentence[start:end], sentence[end:])]
    bare, styled = (
        web(f"<p>{html.escape(sentence)}</p>"),
        web(f"<p>{parts[0]}<{tag}>{parts[1]}</{tag}>{parts[2]}</p>"),
    )
    assert (cites(styled), plain(first_text(styled)), asked(styled)) == (
        cites(bare),
        plain(first_text(bare)),
        asked(bare),
    )


def test_raised_figures_are_marks_of_the_list_powers_or_asked_about() -> None:
    for raised, numbers, words in (
        ("It is rare.<sup>1,3</sup>", [[1, 3]], "It is rare."),
        ("It is rare.<sup>1&nbsp;; 3</sup>", [[1, 3]], "It is rare."),
        ("It is rare.<sup>[1–3]</sup>", [[1, 2, 3]], "It is rare."),
        ("Seen in 2015<sup>3</sup> first.", [[3]], "Seen in 2015 first."),
        ("It was 120 g/L<sup>4</sup>", [[4]], "It was 120 g/L"),
        ("It was 10<sup>-3</sup> of it.", [], "It was 10⁻³ of it."),
        ("A rate of 5 s<sup>−1</sup> is low.", [], "A rate of 5 s⁻¹ is low."),
        ("It holds Ca<sup>2+</sup> back.", [], "It holds Ca²⁺ back."),
        ("They took <sup>131</sup>I by mouth.", [], "They took ¹³¹I by mouth."),
        ("The 3<sup>rd</sup> of 12 cm<sup>3</sup>.", [], "The 3rd of 12 cm³."),
        ("A BMI of 25 kg/m<sup>2</sup> or more.", [], "A BMI of 25 kg/m² or more."),
    ):
        for reading in (web(f"<p>{raised}</p>"), foreign(raised)):
            assert (cites(reading), plain(first_text(reading)), asked(reading)) == (numbers, words, []), (
                raised
            )
    letter = "It is hepatitis B<sup>4</sup> here."
    for reading in (web(f"<p>{letter}</p>"), foreign(letter)):
        assert (cites(reading), asked(reading)) == ([], ["E-20.glued-citation"])
    above = "It is rare.<sup>13</sup>"
    for reading in (web(f"<p>{above}</p>"), foreign(above)):
        assert (plain(first_text(reading)), asked(reading)) == ("It is rare. [13]", ["unknown-citation"])


def test_a_link_to_the_address_of_a_reference_cites_it_and_stays() -> None:
    body = 'As <a href="https://www.who.example/asthma/?utm_source=x">the WHO</a> says.'
    link = Run("the WHO", href="https://www.who.example/asthma/?utm_source=x")
    for reading in (web(f"<p>{body}</p>"), foreign(body), foreign(body.replace("<a href=", "<a  href="))):
        ref = reading.article.references[3].id
        assert first_text(reading) == (Run("As "), link, Cite((ref,)), Run(" says."))


def test_a_mark_that_is_a_link_to_its_source_goes_with_it_and_to_another_page_is_asked_about() -> None:
    theirs = 'It is rare (<a href="https://who.example/asthma">WHO, 2021</a>).'
    for reading in (web(f"<p>{theirs}</p>"), foreign(theirs)):
        assert (cites(reading), plain(first_text(reading)), asked(reading)) == ([[4]], "It is rare.", [])
    other = 'It is rare (<a href="https://other.example/x">WHO, 2021</a>).'
    for reading in (web(f"<p>{other}</p>"), foreign(other)):
        assert cites(reading) == []
        assert asked(reading) == ["E-20.glued-citation"]
        assert "It is a link to other.example." in next(
            f.message for f in reading.findings if f.rule[:4] == "E-20"
        )
        assert any(isinstance(part, Run) and part.href for part in first_text(reading))


LINKED = {
    "a name and a year": ("It is rare (<a href='#r1'>Smith 2020</a>).", [[1]], "It is rare."),
    "two of them": (
        "It is rare (<a href='#r1'>Smith, 2020</a>; <a href='#r4'>WHO, 2021</a>).",
        [[1, 4]],
        "It is rare.",
    ),
    "brackets in the link": ("It is rare <a href='#r1'>(Smith et al., 2020)</a>.", [[1]], "It is rare."),
    "a year alone": ("Smith (<a href='#r1'>2020</a>) found it rare.", [[1]], "Smith found it rare."),
    "a name in the sentence": (
        "<a href='#r1'>Smith et al. (2020)</a> found it.",
        [[1]],
        "Smith et al. found it.",
    ),
    "a bracket that ends elsewhere": ("It is (<a href='#r2'>often (so</a>)).", [[2]], "It is (often (so))."),
    "words of the sentence": ("It is <a href='#r5'>often so</a>.", [[5]], "It is often so."),
}


@pytest.mark.parametrize("name", LINKED)
def test_links_to_entries_of_the_list_are_read_in_every_notation(name: str) -> None:
    body, numbers, words = LINKED[name]
    reading = web(f"<p>{body}</p>")
    assert (cites(reading), plain(first_text(reading))) == (numbers, words)
    assert "citation-number-differs" not in [f.rule for f in reading.findings]


def test_where_links_and_footnotes_are_the_marks_a_count_in_brackets_is_asked_about() -> None:
    linked = (
        "<p>Rare.<sup><a href='#r1'>1</a></sup> Mild.<sup><a href='#r2'>2</a></sup> It was found (3).</p>"
    )
    keyed = (
        "Rare.[^a] Mild.[^b] It was found (1).\n\n[^a]: Sample X. Rest. 2020.\n[^b]: Sample Y. Sleep. 2021."
    )
    for reading in (web(linked), foreign(keyed)):
        assert asked(reading) == ["E-20.glued-citation"]
        assert len(cites(reading)) == 2


def test_footnote_signs_cite_the_notes_at_the_foot_that_name_a_source() -> None:
    page = web(
        "<p>It is rare.<sup>*</sup> It is mild† and slow.‡</p><h2>Notes</h2>"
        "<p>* Sample A. Pollen. 2020.<br>† Sample B. <a href='https://dust.example/b'>Dust</a>. 2021.</p>",
        "",
    )
    text = foreign(
        "It is rare.\\* It is mild† and slow.‡\n\n## Notes\n\n\\* Sample A. Pollen. 2020.\n\n"
        "† Sample B. [Dust](https://dust.example/b). 2021.",
        "",
    )
    for reading in (page, text):
        assert [(r.number, r.text, r.url) for r in reading.article.references] == [
            (1, "Sample A. Pollen. 2020.", None),
            (2, "Sample B. Dust. 2021.", "https://dust.example/b"),
        ]
        assert (cites(reading), plain(first_text(reading))) == (
            [[1], [2]],
            "It is rare. It is mild and slow.‡",
        )
        assert [s.heading for s in reading.article.sections] == ["About tests"]
        assert "a heading over notes that are sources" in [part.why for part in reading.left_out]


def test_a_star_that_a_list_made_of_a_note_is_a_note() -> None:
    reading = foreign("It is rare.*\n\n* Sample A. Pollen. 2020.", "")
    assert (cites(reading), [r.text for r in reading.article.references]) == (
        [[1]],
        ["Sample A. Pollen. 2020."],
    )


def test_a_sign_that_explains_is_left_with_its_note() -> None:
    for reading in (
        web("<p>It is rare.†</p><p>† Adults only.</p>", ""),
        foreign("It is rare.†\n\n† Adults only.", ""),
    ):
        assert reading.article.references == ()
        assert [plain(text) for text, _ in texts(reading.article.sections[0].blocks)] == [
            "It is rare.†",
            "† Adults only.",
        ]


def test_a_cell_of_figures_is_data_and_a_cell_of_words_may_cite() -> None:
    rows = [["Trial", "Number (%)"], ["Nausea [2]", "12 (4)"], ["Rash [3]", "3 (1)"], ["Smith 2020", "[5]"]]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    markdown = "\n".join(f"| {' | '.join(row)} |" + ("\n|---|---|" if row is rows[0] else "") for row in rows)
    for reading in (web(f"<table>{table}</table>".replace("td>", "th>", 4)), foreign(markdown)):
        block = next(b for b in reading.article.sections[0].blocks if isinstance(b, Table))
        assert [plain(row[1]) for row in block.rows] == ["12 (4)", "3 (1)", ""]
        assert cites(reading) == [[2], [3], [5]]
        assert asked(reading) == []


def test_marks_of_headings_and_questions_are_asked_about() -> None:
    page = web("<p>It is rare.</p><h2>How it is treated2</h2><p>So.</p>")
    text = foreign("It is rare.\n\n## How it is treated2\n\nSo.")
    for reading in (page, text):
        assert asked(reading) == ["E-20.glued-citation"]


def test_a_page_without_a_list_proposes_the_pages_of_others_that_it_links_to() -> None:
    body = 'See <a href="https://journal.example/a">a trial</a> and <a href="/contact/">us</a>.'
    own = 'See <a href="https://www.harbour.example/colds">colds</a> too.'
    text = foreign(f"{body}\n\n{own}", "")
    assert [r.text for r in text.article.references] == ["a trial. journal.example", "colds. harbour.example"]
    assert "sources-in-links" not in [f.rule for f in text.findings]
    page = read(
        "a.html",
        f"<html><main><h1>T</h1><h2>A</h2><p>{body}</p><p>{own}</p></main></html>".encode(),
        url="https://harbour.example/conditions/",
    )
    assert [r.text for r in page.article.references] == ["a trial. journal.example"]
    assert [f.rule for f in page.findings if f.rule == "proposed-reference"] == ["proposed-reference"]
    assert cites(page) == [[1]]


@pytest.mark.holds("E-24")
def test_a_citation_at_the_end_of_a_list_is_asked_about_whatever_was_read() -> None:
    page = web("<p>It may cause:</p><ul><li>pain</li><li>loss of weight<sup>3</sup></li></ul>")
    text = foreign("It may cause:\n\n- pain\n- loss of weight[3]")
    for reading in (page, text):
        assert [f.quote for f in reading.findings if f.rule == "E-24.citation-scope"] == ["loss of weight"]
        assert len(reading.article.notes_for_reviewer) == 1
        again = read("b.md", write(reading.article).encode())
        assert [f.quote for f in again.findings if f.rule == "E-24.citation-scope"] == ["loss of weight"]


NOTATIONS: dict[str, Callable[[str], str]] = {
    "brackets": lambda digits: f" [{digits}]",
    "round": lambda digits: f" ({digits})",
    "tags": lambda digits: f"<sup>{digits}</sup>",
    "tags in brackets": lambda digits: f"<sup>[{digits}]</sup>",
    "a tag for each": lambda digits: "<sup>,</sup>".join(f"<sup>{each}</sup>" for each in digits.split(",")),
    "glued": lambda digits: digits,
}


@pytest.mark.holds("E-20")
@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_same_page_as_html_has_the_same_citations_in_every_notation(notation: str) -> None:
    glued = sample("scraped-page.txt").article
    numbers = {reference.id: reference.number for reference in glued.references}

    def told(text: Inlines) -> str:
        parts = [
            html.escape(part.text)
            if isinstance(part, Run)
            else NOTATIONS[notation](",".join(str(numbers[ref]) for ref in part.refs))
            for part in text
        ]
        return "".join(parts).replace("  ", " ")

    blocks = [
        f"<h{section.level}>{html.escape(section.heading)}</h{section.level}>"
        + "".join(map(_as_html(told), section.blocks))
        for section in glued.sections
    ]
    listed = "".join(f"<li>{html.escape(r.text)} {r.url or ''}</li>" for r in glued.references)
    reading = web("".join(blocks), listed)
    marks = [
        p for section in glued.sections for t, _ in texts(section.blocks) for p in t if isinstance(p, Cite)
    ]
    assert cites(reading) == sorted([numbers[ref] for ref in mark.refs] for mark in marks)
    assert len(marks) > 5
    assert asked(reading) == []


def _as_html(told: Callable[[Inlines], str]) -> Callable[[object], str]:
    def block(block: object) -> str:
        if isinstance(block, Paragraph):
            return f"<p>{told(block.text)}</p>"
        assert isinstance(block, Listing)
        entries = (
            f"<li>{told(item.text)}{''.join(map(_as_html(told), item.blocks))}</li>" for item in block.items
        )
        return f"<ul>{''.join(entries)}</ul>"

    return block


_PIECES = st.sampled_from(
    [
        "word ",
        "It is rare",
        ". ",
        "2,5 ",
        "(1)",
        "[3]",
        "[14]",
        "<sup>2</sup>",
        "<sup>19</sup>",
        "(Smith 2020)",
        "Smith (2020) ",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<a href='https://who.example/asthma'>",
        "<a href='#r3'>",
        "<a href='https://x.test/y'>",
        "</a>",
        "¹",
        "* ",
        "† ",
        "\ue000",
        ", ",
        "–",
    ]
)


@given(st.sampled_from(["web", "Markdown"]), st.lists(_PIECES, min_size=1, max_size=14))
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_any_mixture_of_marks_styles_and_links_keeps_its_letters_and_can_be_kept(
    reader: str, pieces: list[str]
) -> None:
    source = "Before " + "".join(pieces) + " after."
    try:
        reading = web(f"<p>{source}</p>") if reader == "web" else foreign(source)
    except BadInput:
        return
    said = " ".join(plain(text) for text, _ in texts(reading.article.sections[0].blocks))
    bare = re.sub(r"<[^>]*>|\(Smith 2020\)|\(2020\)|[^a-zA-Z]", "", source)
    kept = re.sub(r"\(Smith 2020\)|\(2020\)|[^a-zA-Z]", "", said)
    assert kept == bare
    known = {reference.id for reference in reading.article.references}
    cited = {
        r
        for text, _ in texts(reading.article.sections[0].blocks)
        for p in text
        if isinstance(p, Cite)
        for r in p.refs
    }
    assert cited <= known
    assert without_lines(read("a.md", write(reading.article).encode()).article) == without_lines(
        reading.article
    )


def test_a_page_of_many_figures_is_read_in_time_and_one_of_more_than_sixty_thousand_is_refused() -> None:
    began = time.process_time()
    reading = web(f"<p>{'word ' * 30_000}{'rare (1). ' * 6_000}{'tests2 ' * 6_000}</p>")
    assert time.process_time() - began < 2
    assert len(cites(reading)) == 6_000
    with pytest.raises(BadInput, match="has 60100 figures, and an article has at most 60000"):
        web(f"<p>{'tests2 ' * 60_100}</p>")


def test_a_figure_means_the_list_of_the_page_and_no_footnote() -> None:
    reading = foreign(
        "It is rare [2] and mild [1].[^a]\n\n[^a]: Sample X. Rest. 2020.", "1. Sample Y. Sleep. 2021.\n"
    )
    assert len(reading.article.references) == 2
    assert cites(reading) == [[1], [2]]
    assert plain(first_text(reading)) == "It is rare [2] and mild."
    assert asked(reading) == ["E-20.glued-citation"]


def test_a_dash_between_marks_that_do_not_rise_is_a_dash() -> None:
    reading = web("<p>It is rare <a href='#r3'>[3]</a>–<a href='#r1'>[1]</a>.</p>")
    assert (cites(reading), plain(first_text(reading))) == ([[1], [3]], "It is rare –.")
