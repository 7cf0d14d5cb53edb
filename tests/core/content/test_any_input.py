"""Readers refuse with a sentence or answer, whatever they are given, and take no longer than its length."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.core.content.importers import read
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
    Q:~a? A:~b ===== --- [1](https://x.test/1) [a](/b) ![a](b) :~def |~a~|~b~| |---|---| import~a~from~'b'
    export~const~a={ word Word. 症状 \\ [ ] { } < > | * ` &amp; 999 ```ad-note {#id} *[a]:~b #tag
"""
_FOREIGN_PIECES = st.sampled_from([mark.replace("~", " ") for mark in _FOREIGN_MARKS.split()])


def _reads_or_refuses(name: str, source: bytes) -> None:
    refusal = ""
    try:
        check(read(name, source).article)
    except BadInput as error:
        refusal = str(error)
    assert not refusal or refusal.startswith(name)


@given(st.sampled_from(["a.md", "a.txt"]), st.binary(max_size=300))
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
_FOREIGN = "---\ntitle: T\ndate: x\n---\n"
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
}


@pytest.mark.parametrize("name", _REPEATED)
def test_four_times_the_input_takes_about_four_times_the_time(name: str) -> None:
    start, unit = _REPEATED[name]
    is_markdown = start.startswith(("---", "+++", "{"))
    few, many = (4_500, 18_000) if is_markdown else (10_000, 40_000)  # more marks of Markdown are refused

    def seconds(size: int) -> float:
        source = (start + unit * (size // len(unit))).encode()
        began = time.process_time()
        _reads_or_refuses("a.md" if is_markdown else "a.txt", source)
        return time.process_time() - began

    # The best of three: what else a process of the tests has to do may fall into any one of them. One that is within
    # the bound is enough.
    small = min(seconds(few) for _ in range(3))
    bound = 8 * small + 0.3
    tried: list[float] = []
    while len(tried) < 3 and (not tried or min(tried) >= bound):
        tried.append(seconds(many))
    assert min(tried) < bound, f"{small:.2f} s, then {min(tried):.2f} s for four times as much"
