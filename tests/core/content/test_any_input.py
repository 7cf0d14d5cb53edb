"""Readers refuse with a sentence or answer, whatever they are given, and take no longer than its length."""

from __future__ import annotations

import time
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.core.content.article import Reading
from pipeline.core.content.importers import read
from pipeline.core.content.importers.many import Entry, read_many
from pipeline.core.content.lines import without_lines
from pipeline.core.content.markdown_writer import write
from pipeline.core.editorial import check
from pipeline.core.errors import BadInput

_PIECES = st.sampled_from(
    [
        "---\n",
        "title: T\n",
        "references:\n",
        "  - text: a\n",
        "    url: https://x.test\n",
        "authors: [",
        "{",
        "]",
        "&a ",
        "*a",
        "!!x ",
        "|\n",
        "## A\n",
        "### B {#c}\n",
        "# T\n",
        '::: urgent "x"\n',
        ":::\n",
        "- ",
        "  - ",
        "1. ",
        "| a | b |\n",
        "| - | - |\n",
        "[1]",
        "[2,5]",
        "[x](https://x.test)",
        "[x](javascript:y)",
        "**",
        "*",
        "`",
        "<!--",
        "-->",
        "<b>",
        "\\",
        "> ",
        "```\n",
        "\n",
        "\n\n",
        "\n\n\n",
        "Questions and answers",
        "word1",
        "tests2,5",
        "time.4 ",
        "x² ",
        "(1) ",
        "(1, 2–3).",
        "[1]–[2]",
        "word^1^ ",
        "(Smith 2020)",
        "Smith et al. (2020) ",
        "Smith A. B. 2020;1(2):3. doi:10.1234/5\n",
        "* Note 2020\n",
        "a* b† ",
        "  • a\n",
        "References\n",
        "Get our newsletter\n",
        "Leave a Reply\n",
        "How?\n",
        "By Ada Sample, MSc\n",
        "\u200b",
        "\u2028",
        "\ufeff",
        "\t",
        "\r",
        "a b c.",
        "A sentence of some length that goes on without any stop",
    ]
)
# A tilde stands for a space.
_FOREIGN_MARKS = """
    {{< {{% %}} >}} {% {%if~x%} {%comment%} {%endcomment%} {%raw%} {%endraw%} {{page.title}} {:.note} {:toc}
    <div~class='note'> </div> <ul> <li> </ul> <table> <tr> <td> </table> <details> <summary> </summary> </details>
    <sup>1</sup> <sup> <b> </b> <a~href='https://x.test'> </a> <h2> </h2> <script> <!-- --> <Callout~title='x'>
    </Callout> ^[ [^1] [^1]:~a~2020 [@k;~@z] @k [[a|b]] ![[c]] %% == ~~ ``` ::: :::~note~x :::~{.warning} :::~{#refs}
    !!!~note >~[!tip]~x >~ -~ 1.~ *~TOC #~T ##~A ####~B ##~FAQ ###~Why? ##~References 1.~S~2020 [1] [1,2] (1). **Why?**
    (S~2020). x* \\*~S~2020
    Q:~a? A:~b ===== --- [1](https://x.test/1) [a](/b) ![a](b) :~def |~a~|~b~| |---|---| import~a~from~'b'
    export~const~a={ word Word. 症状 \\ [ ] { } < > | * ` &amp; 999 ```ad-note {#id} *[a]:~b #tag
"""
_FOREIGN_PIECES = st.sampled_from([mark.replace("~", " ") for mark in _FOREIGN_MARKS.split()])


_TAGS = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        '<div class="callout">',
        "<h1>",
        "</h1>",
        "<h2>",
        "</h2>",
        "<h3>A</h3>",
        "<h2>References</h2>",
        "<ol>",
        "<ul>",
        "<li>",
        "</li>",
        "</ul>",
        '<li id="r1">Sample 2020 https://x.test/',
        "<dl>",
        "<dt>",
        "<dd>",
        "<table>",
        "<tr>",
        "<td>",
        "<th>",
        "<td colspan=3>",
        "<td rowspan=2>",
        "</table>",
        "<caption>",
        "<b>",
        "</b>",
        '<a href="#r1">',
        '<a href="/x">',
        "</a>",
        "<sup>",
        "</sup>",
        "1,2",
        "[1]",
        "2–3",
        "(1). ",
        "tests2 ",
        "(Smith 2020) ",
        "word* ",
        "<p>* Sample 2020",
        "<h2>Quellen</h2>",
        '<a href="https://x.test/">',
        "(",
        "[",
        "]",
        "<sub>",
        "<br>",
        "<br><br>",
        "<details>",
        "<summary>",
        "</details>",
        "<button aria-expanded=false aria-controls=q>",
        "</button>",
        "<div id=q hidden>",
        '<span class="tooltip" title="Source 2020">',
        "</span>",
        '<span role="tooltip">',
        '<img alt="x">',
        "<figure>",
        "<figcaption>",
        "<blockquote>",
        "<script>",
        "</script>",
        "<nav>",
        "<article>",
        "<main>",
        "<form>",
        '<script type="application/ld+json">{"@type":"Article","headline":"A","author":[{"name":"B"}]}</script>',
        "<!--",
        "-->",
        "&#1;",
        "&nbsp;",
        "Why so?",
        "Questions",
        "FAQ",
        "Some words.",
        "The signs are:",
        "1. ",
        "• ",
        "...",
        "é",
        "貧血。",
        "\u200b",
        "\n\n",
        "<q>",
        "<rt>",
        "<del>",
        '[su_note title="x"]',
        "[/su_note]",
        "[caption]",
        "# x",
        "- a",
        "`",
        "*",
        "_",
        '<p class="byline">By Ada Sample',
        "Last updated 3 May 2024",
        "<p><strong>Bold</strong></p>",
        "::: note",
        "{#id}",
        '<div itemtype="s/Question">',
        "<b itemprop=name>",
        "<<",
        '<a b="',
        "'>",
    ]
)


def _reads_or_refuses(name: str, source: bytes) -> None:
    refusal = ""
    try:
        check(read(name, source).article)
    except BadInput as error:
        refusal = str(error)
    assert not refusal or refusal.startswith(name)


@given(st.sampled_from(["a.md", "a.txt", "a.html"]), st.binary(max_size=300))
@settings(deadline=None, max_examples=100)
def test_any_bytes_are_read_or_refused(name: str, source: bytes) -> None:
    _reads_or_refuses(name, source)


@given(
    st.sampled_from(["a.md", "a.txt"]),
    st.sampled_from(["", "---\ntitle: T\n---\n"]),
    st.lists(_PIECES, max_size=30),
)
@settings(deadline=None, max_examples=250, suppress_health_check=list(HealthCheck))
def test_any_mixture_of_the_forms_own_marks_is_read_or_refused(
    name: str, start: str, pieces: list[str]
) -> None:
    _reads_or_refuses(name, (start + "".join(pieces)).encode())


@given(
    st.sampled_from(["", "<h1>T</h1><p>Some words of it.</p>", "<html><title>T | S</title><main>"]),
    st.lists(_TAGS, max_size=30),
)
@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
def test_any_mixture_of_tags_is_refused_or_is_an_article_that_writes_and_reads_again(
    start: str, pieces: list[str]
) -> None:
    source = (start + "".join(pieces)).encode()
    _reads_or_refuses("a.html", source)
    for entry in read_many("a.xml", BytesIO(_ENTRY % source)):
        if isinstance(entry.outcome, Reading):
            article = entry.outcome.article
            assert without_lines(read("a.md", write(article).encode()).article) == without_lines(article)


_ENTRY = (
    b'<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:c="c"><channel><item><title>T</title>'
    b"<c:encoded><![CDATA[%s]]></c:encoded></item></channel></rss>"
)


@given(
    st.sampled_from(
        [b"<rss><channel>", b"<feed>", b'{"version": "https://jsonfeed.org/version/1", "items": [']
    ),
    st.data(),
)
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
def test_any_feed_is_read_or_refused(start: bytes, data: st.DataObject) -> None:
    pieces = data.draw(st.lists(_FEED, max_size=20))
    _reads_or_refuses_many("a.xml", start + "".join(pieces).encode())


def _reads_or_refuses_many(name: str, source: bytes) -> None:
    refusal = ""
    entries: list[Entry] = []
    try:
        entries += read_many(name, BytesIO(source))
    except BadInput as error:
        refusal = str(error)
    assert not refusal or refusal.startswith(name)
    assert all(isinstance(entry.outcome, Reading | BadInput) for entry in entries)


_FEED = st.sampled_from(
    [
        "<item>",
        "</item>",
        "<entry>",
        "</entry>",
        "<title>",
        "</title>",
        "A & B",
        "<description>",
        "</description>",
        '<content type="xhtml">',
        "</content>",
        "<p>",
        "</p>",
        "<![CDATA[",
        "]]>",
        "&lt;p&gt;Words.&lt;/p&gt;",
        "<link>",
        "https://x.test/",
        "<guid>1</guid>",
        "<updated>2026-13-45</updated>",
        "<!--",
        '{"id": 1, "title": "A", "content_html": "<p>x.</p>"}',
        ",",
        "]}",
        "null",
        "[",
        '{"authors": 5, "title": [], "content_text": {}}',
        '"x": ',
        "\x01",
        "é",
        '{"title": "T", "content_text": "x.", "date_modified": "now", "authors": [{"name": 1}, 2]}',
    ]
)


@given(
    st.sampled_from(
        ["# T\n", "---\ntitle: T\ndate: x\n---\n", "+++\ntitle='T'\n+++\n## A\nb\n", "---\ndate: x\n"]
    ),
    st.lists(st.tuples(_FOREIGN_PIECES, st.sampled_from([" ", "\n", "\n\n", ""])), max_size=40),
)
@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
def test_any_foreign_markdown_is_refused_or_can_be_kept_in_our_own_form(
    start: str, pieces: list[tuple[str, str]]
) -> None:
    source = start + "".join(piece + gap for piece, gap in pieces)
    try:
        article = read("a.mdx", source.encode()).article
    except BadInput as error:
        assert str(error).startswith("a.mdx")  # noqa: PT017
        return
    check(article)
    assert without_lines(read("a.md", write(article).encode()).article) == without_lines(article)


_FRONT = "---\ntitle: T\nreferences: [{text: a}]\n---\n## A\n"
_PAGE = "Title\n\n"
_CITED = "Title\n\nAbout\n\nIt is.\n\nReferences\n\n1. Aaa B. C. 2020.\n2. Ccc D. E. 2021.\n\nSummary\n\n"
_HTML = "<h1>Title</h1><p>Some words.</p>"
_LISTED = (
    _HTML
    + "<h2>References</h2><ol><li>Aaa B. C. 2020.</li><li>Ccc D. 2021. https://x.test/c</li></ol><h2>A</h2>"
)
_FOREIGN = "---\ntitle: T\ndate: x\n---\n"
_KEYED = _FOREIGN + "## References\n\n1. Aaa B. C. 2020.\n2. Ccc D. E. 2021.\n\n## A\n\n"
_REPEATED = {
    "brackets": (_FRONT, "["),
    "stars": (_FRONT, "*a "),
    "backticks": (_FRONT, "`a "),
    "comments": (_FRONT, "<!-- "),
    "citations": (_FRONT, "a[1] "),
    "links": (_FRONT, "[a]("),
    "lines": (_FRONT, "a\n"),
    "items": (_FRONT, "- a\n"),
    "callouts": (_FRONT, "::: note\n"),
    "callout pairs": (_FRONT, "::: note\n:::\n"),
    "headings": (_FRONT, "## A {#"),
    "front matter": ("---\n", "title: "),
    "front matter lists": ("---\ntopic: ", "["),
    "front matter keys": ("---\n", "? "),
    "front matter references": ("---\nreferences:\n", "- text: a\n"),
    "Liquid tags": (_FOREIGN, "{% "),
    "Liquid comments": (_FOREIGN, "{% comment %}"),
    "kramdown boxes": (_FOREIGN, "a\n{:.note}\n"),
    "broken tags": (_FOREIGN, '<a "'),
    "fences": (_FOREIGN, "```a\n"),
    "footnotes": (_FOREIGN, "[^1]: a\n"),
    "percent signs": (_FOREIGN, "%%"),
    "boxes": (_FOREIGN, "::: note\n"),
    "broken fields": ("---\ndate: x\n", "a: b: c\n"),
    "TOML lists": ("+++\na = ", "["),
    "JSON lists": ('{"a":', "["),
    "glued": (_PAGE, "abc1 "),
    "stops": (_PAGE, "ab.1 "),
    "round marks": (_CITED, "ab (1) "),
    "authors and years": (_CITED, "A and B et al. (2020) (A, B & C 2020; "),
    "one reference": (_CITED + "Some.\n\nReferences\n\n1. ", "A B, C; D. 10.1234/a. [cited 2020], (2020) "),
    "no-break spaces": (_PAGE, "a1\u00a0"),
    "bullets": (_PAGE, "• a\n"),
    "deeper bullets": (_PAGE, "• a\n • b\n"),
    "references": (_PAGE, "1. a 2020\n"),
    "headings of a page": (_PAGE, "Short line\n\n"),
    "questions of a page": (_PAGE, "Why so?\n\nSo.\n\n"),
    "gaps": (_PAGE, "a b.\n\n\n"),
    "bounds": (_PAGE, "(less than 5 "),
    "tags": (_PAGE, "<a "),
    "one term": (_PAGE, "macrocalcification "),
    "spaces": (_PAGE, "a        "),
    "wrapped lines": (_PAGE, "a" * 60 + "\n"),
    "sign-up boxes": (_PAGE, "Get our newsletter\n\n"),
    "one word": (_PAGE, "aaaa"),
    "paragraphs of a page": (_HTML, "<p>x y.</p>"),
    "cells": (_HTML, "<table><tr><td>a"),
    "attributes": (_HTML + "<p ", "a=1 "),
    "open tags": (_HTML, "<b>a"),
    "comments of a page": (_HTML, "<!-- "),
    "round marks of a page": (_LISTED, "ab (1) "),
    "authors of a page": (_LISTED, "A and B et al. (2020) (A, B &amp; C 2020; "),
    "links of a page": (_LISTED, "<a href='https://x.test/c'>a (1)</a> "),
    "styles of a page": (_LISTED, "<b>ab (</b>1) "),
    "notes of a page": (_HTML, "<p>a* b.</p><p>* Note 2020</p>"),
    "round marks of Markdown": (_KEYED, "ab (1) "),
    "glued marks of Markdown": (_KEYED, "tests1 *so*2 "),
    "marks of a page": (_HTML, "x<sup>1,2</sup> "),
    "blank lines of a page": (_HTML, "\n\n"),
    "line breaks": (_HTML, "a<br>"),
    "ampersands": (_HTML, "&amp;"),
    "tooltips": (_HTML, "<i title='Source 2020 x'>1</i>"),
    "questions in accordions": (_HTML, "<details><summary>Why?</summary>x</details>"),
    "sources": (_HTML + "<h2>References</h2><ol>", "<li id=r1>Sample. 2020."),
    "boxes of a page": (_HTML, "<div class=callout>x"),
    "shortcodes": (_HTML, "[su_note]x"),
    "data": (_HTML + '<script type="application/ld+json">', "["),
}


@pytest.mark.parametrize("name", _REPEATED)
def test_four_times_the_input_takes_about_four_times_the_time(name: str) -> None:
    start, unit = _REPEATED[name]
    is_markdown = start.startswith(("---", "+++", "{"))
    few, many = (4_500, 18_000) if is_markdown else (10_000, 40_000)  # more marks of Markdown are refused

    def seconds(size: int) -> float:
        source = (start + unit * (size // len(unit))).encode()
        began = time.process_time()
        _reads_or_refuses(_file(start), source)
        return time.process_time() - began

    # The best of three: what else a process of the tests has to do may fall into any one of them. One that is within
    # the bound is enough.
    small = min(seconds(few) for _ in range(3))
    bound = 8 * small + 0.3
    tried: list[float] = []
    while len(tried) < 3 and (not tried or min(tried) >= bound):
        tried.append(seconds(many))
    assert min(tried) < bound, f"{small:.2f} s, then {min(tried):.2f} s for four times as much"


def _file(start: str) -> str:
    return "a.md" if start.startswith(("---", "+++", "{")) else "a.html" if start.startswith("<") else "a.txt"


_DIGITS = "1" * 5000  # more than Python makes a number of
_RAISED = "¹" * 5000
_LISTED = "<h2>References</h2><ol><li id='r1'>Smith J. On rest. Journal. 2001.</li></ol></article></html>"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.txt", f"It is rare{_RAISED}\n\nReferences\n1. Smith J. On rest. 2001.\n"),
        ("a.html", f"<p>It is rare{_RAISED}.</p>{_LISTED}"),
        ("a.html", f"<p>It is rare<sup>{_DIGITS}</sup>.</p>{_LISTED}"),
        ("a.html", f"<p>It is rare<a href='#r1'>[{_DIGITS}]</a>.</p>{_LISTED}"),
        ("a.html", f"<p>It is rare (<a href='#r1'>{_DIGITS}</a>).</p>{_LISTED}"),
    ],
)
def test_thousands_of_digits_in_a_row_are_read(name: str, words: str) -> None:
    start = "<html lang='en'><title>Rest</title><article><h1>Rest</h1>" if name == "a.html" else "Rest\n\n"
    prose = "Rest is good for a sore back and a sad heart. " * 12
    body = f"<p>{prose}</p>" if name == "a.html" else f"{prose}\n\n"
    assert read(name, f"{start}{body}{words}".encode()).article.title == "Rest"


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 01 Jan 0001 00:00:00 +2359"])
def test_a_day_outside_the_calendar_stops_no_export(date: str) -> None:
    """In UTC it is in the year 10000, or before the first."""
    export = (
        '<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:wxr_version>1.2</wp:wxr_version><item>'
        f"<title>Rest</title><pubDate>{date}</pubDate><wp:post_type>post</wp:post_type></item></channel></rss>"
    )
    _reads_or_refuses_many("a.xml", export.encode())


_MEGABYTE = 1_000_000
_NOTHING_BUT = {
    "signs in Markdown of our own": ("a.md", _FRONT, "$", ""),
    "signs in Markdown of other tools": ("a.md", _FOREIGN, "=", ""),
    "round brackets of plain text": ("a.txt", _CITED, "(1)", ""),
    "square brackets of plain text": ("a.txt", _PAGE, "[1]", ""),
    "numbers of a page": ("a.html", _HTML, "1.", ""),
    "ends of nothing in a feed": ("a.xml", "<rss><channel><item><description>", "</", ""),
    "an ill-formed feed": (
        "a.xml",
        "<rss><channel><item><description>",
        "&",
        "</description></item></channel></rss>",
    ),
}


@pytest.mark.parametrize("name", _NOTHING_BUT)
def test_a_megabyte_of_nothing_but_marks_is_done_with_in_two_seconds(name: str) -> None:
    file, start, unit, end = _NOTHING_BUT[name]
    source = (start + unit * (_MEGABYTE // len(unit)) + end).encode()
    began = time.process_time()
    if file == "a.xml":
        _reads_or_refuses_many(file, source)
    else:
        _reads_or_refuses(file, source)
    assert time.process_time() - began < 2
