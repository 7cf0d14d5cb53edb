"""The Markdown form, and the sentences that refuse what is outside it."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.core.content.article import (
    Callout,
    Cite,
    Listing,
    ListItem,
    Paragraph,
    Person,
    Run,
    SectionKind,
    Table,
    Urgency,
)
from pipeline.core.content.importers import read
from pipeline.core.errors import BadInput
from tests.core.content.samples import markdown


def test_front_matter_gives_people_dates_and_references() -> None:
    article = read(
        "coughs.md",
        b"""---
title: "Coughs: what helps"
language: cy
topic: lungs
authors:
  - name: Ada Sample
    credentials: MSc
    role: Writer
reviewer: {name: Dr Ben Sample, credentials: MRCP, role: Reviewer}
reviewed: 2026-11-23
next_review: 2029-11-23
disclaimer: >-
  General information
  only.
references:
  - id: sample
    text: Sample A. Coughs. 2024.
    url: https://x.test/
  - text: Yes
notes_for_reviewer:
  - "Line 3: check"
---
## Causes
A cold [1,2].
""",
    ).article
    assert (article.title, article.slug, article.language) == (
        "Coughs: what helps",
        "coughs-what-helps",
        "cy",
    )
    assert article.authors == (Person("Ada Sample", "MSc", "Writer"),)
    assert article.reviewer == Person("Dr Ben Sample", "MRCP", "Reviewer")
    assert (article.reviewed_on, article.next_review_on) == (date(2026, 11, 23), date(2029, 11, 23))
    assert article.disclaimer == "General information only."
    assert [(r.id, r.number, r.text, r.url, r.line) for r in article.references] == [
        ("sample", 1, "Sample A. Coughs. 2024.", "https://x.test/", 16),
        ("yes", 2, "Yes", None, 19),
    ]
    assert article.notes_for_reviewer == ("Line 3: check",)


def test_an_empty_reviewer_leaves_a_draft() -> None:
    article = markdown(
        "## A\nb\n", front="title: T\nreviewer:\nreviewed:\na: 1".replace("\na: 1", "")
    ).article
    assert (article.reviewer, article.reviewed_on) == (None, None)


def test_headings_carry_ids_kinds_and_suggestions() -> None:
    sections = markdown(
        "## Causes\na\n### Odd one {#odd kind=types}\nb\n## Diagnosis {suggested}\nc\n"
    ).article.sections
    assert [(s.id, s.heading, s.level, s.kind, s.suggested) for s in sections] == [
        ("causes", "Causes", 2, SectionKind.CAUSES, False),
        ("odd", "Odd one", 3, SectionKind.TYPES, False),
        ("diagnosis", "Diagnosis", 2, SectionKind.DIAGNOSIS, True),
    ]
    assert [s.line for s in sections] == [7, 9, 11]


def test_a_suggested_heading_stays_a_finding_until_somebody_keeps_it() -> None:
    findings = markdown("## Diagnosis {suggested}\nc\n").findings
    assert [(f.rule, f.line) for f in findings] == [("suggested-heading", 7)]


def test_styles_links_and_citations_become_values() -> None:
    section = markdown("## A\nRest **well** and *[read](https://x.test/a)*.[1,2-3]\n").article.sections[0]
    assert section.blocks == (
        Paragraph(
            (
                Run("Rest "),
                Run("well", strong=True),
                Run(" and "),
                Run("read", emphasis=True, href="https://x.test/a"),
                Run("."),
                Cite(("one", "two", "three")),
            ),
            8,
        ),
    )


def test_lists_tables_and_callouts_keep_their_shape() -> None:
    body = """## A
- one
  1. two

     more
- three

| a | b |
| - | - |
| 1 \\| 2 | **3** |

::: urgent "Call \\"999\\" now"
If you cannot breathe.

- or
::: note
inner
:::
:::
"""
    listing, table, callout = markdown(body).article.sections[0].blocks
    two = ListItem((Run("two"),), (Paragraph((Run("more"),), 11),), 9)
    items = (ListItem((Run("one"),), (Listing((two,), True, 9),), 8), ListItem((Run("three"),), (), 12))
    assert listing == Listing(items, False, 8)
    assert table == Table(((Run("a"),), (Run("b"),)), (((Run("1 | 2"),), (Run("3", strong=True),)),), 14)
    assert isinstance(callout, Callout)
    assert (callout.urgency, callout.title, callout.line) == (Urgency.URGENT, 'Call "999" now', 18)
    assert [type(block) for block in callout.blocks] == [Paragraph, Listing, Callout]


def test_questions_become_the_faq_and_their_section_goes() -> None:
    body = "## A\na\n## Questions and answers\n### Is it safe?\nYes.[2]\n### Why? {#reason}\nSo.\n## Summary\ns\n"
    article = markdown(body).article
    assert [section.id for section in article.sections] == ["a", "summary"]
    assert [(q.id, q.question, q.line) for q in article.faq] == [
        ("is-it-safe", "Is it safe?", 10),
        ("reason", "Why?", 12),
    ]


def test_html_and_email_markup_are_words_and_nothing_more() -> None:
    body = "## A\n<script>x</script> <mj-raw> &lt;b onload=x&gt;\n\n<div>\n\n</div>\n"
    runs = [block.text for block in markdown(body).article.sections[0].blocks if isinstance(block, Paragraph)]
    assert runs[0] == (Run("<script>x</script> <mj-raw> <b onload=x>"),)
    assert runs[1:] == [(Run("<div>"),), (Run("</div>"),)]


def test_comments_pictures_and_rules_are_left_out_and_listed() -> None:
    reading = markdown("## A\na <!-- ask Ben --> b\n\n![scan](https://x.test/p.png)\n\n---\n\nc\n")
    assert [(part.line, part.quote) for part in reading.left_out] == [
        (8, "ask Ben"),
        (10, "scan"),
        (12, "---"),
    ]
    assert len(reading.article.sections[0].blocks) == 2


def test_a_title_repeated_as_first_heading_is_tolerated() -> None:
    assert len(markdown("# Test\n\n## A\na\n").article.sections) == 1


@pytest.mark.parametrize(
    ("body", "place", "words"),
    [
        ("", 7, "no section"),
        ("Words.\n", 7, "before the first heading"),
        ("# Other\n## A\na\n", 7, "title stands in the front matter"),
        ("## A\na [4].\n", 8, "reference 4 is cited, but there are 3"),
        ("## A\na [0].\n", 8, "reference 0 is cited"),
        ("## A\na\nb\nc [2024]\n", 10, "write \\[2024\\]"),
        ("## A\na [3-1]\n", 8, "not a range"),
        ("## A\na\n## A\nb\n", 9, "taken by the heading on line 7"),
        ("## A {#x}\na\n## Questions and answers\n### B {#x}\nb\n", 10, "is taken"),
        ("## A {#X y}\na\n", 7, "not known after a heading"),
        ("## A {kind=odd}\na\n", 7, "kinds are introduction"),
        ("## A [1]\na\n", 7, "carries no citation"),
        ("## {#a}\na\n", 7, "no words"),
        ("## A\n\n::: urgent\nb\n", 9, "not closed"),
        ("## A\n:::\n", 8, "not open"),
        ("## A\n::: later\nb\n:::\n", 8, "urgent, soon, note"),
        ("## A\n| a | b |\n| - | - |\n| 1 \\| 2 | 3 |\n| 1 | 2 | 3 |\n", 11, "has 3 cells"),
        ("## A\n- b\n\n  ::: note\n  c\n", 10, "not closed"),
        ("## A\n::: note\n## B\n:::\n", 9, "inside a list or a callout"),
        ("## A\n```\ncode\n```\n", 8, "block of code"),
        ("## A\n[x](javascript:alert(1))\n", 8, "is not an https: or mailto:"),
        ("## A\nb\n[x](JaVaScript:alert)\n", 9, "is not an https: or mailto:"),
        ("## A\n[x](data:text/html;base64,AAAA)\n", 8, "is not an https: or mailto:"),
        ("## A\n[x](//evil.test)\n", 8, "is not an https: or mailto:"),
        ("## A\n[x](http://x.test)\n", 8, "write https:"),
        ("## A\n[x](https://user@x.test/)\n", 8, "no user name"),
        ('## A\n[x](<https://x.test/"onclick=y>)\n', 8, "may not have"),
        ("## A\n[x](https://x.test/[[slot]])\n", 8, "may not have"),
        ("## A\n<javascript:alert(1)>\n", 8, "is not an https: or mailto:"),
        ("## Questions and answers\nwords\n### B\nb\n", 7, "and its first"),
        ("## Questions and answers\n### B\n### C\nc\n", 8, "no answer"),
        ("## A\n" + "".join("  " * n + "- a\n" for n in range(40)), 21, "nested too deeply"),
    ],
)
def test_a_body_outside_the_form_is_refused_with_its_line(body: str, place: int, words: str) -> None:
    with pytest.raises(BadInput) as refusal:
        markdown(body)
    assert str(refusal.value).startswith(f"a.md:{place}: ")
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("front", "place", "words"),
    [
        ("slug: x", 2, "no title"),
        ("title:", 2, "no title"),
        ("title: T\ntitel: U", 3, "no field 'titel'"),
        ("title: T\ntitle: U", 3, "stands twice"),
        ('title: "T', 2, "not valid YAML"),
        ("title: T\ntopic: a: b", 3, "not valid YAML"),
        ("title: T\nslug: Not A Slug", 3, "Try 'not-a-slug'"),
        ("title: T\nlanguage: English please", 3, "en-GB"),
        ("title: T\nreviewed: soon", 3, "2026-11-23"),
        ("title: T\nauthors: Ada", 3, "takes a list"),
        ("title: T\nauthors:\n  - Ada", 4, "takes fields"),
        ("title: T\nauthors:\n  - role: Writer", 4, "no name"),
        ("title: T\nreferences:\n  - id: a\n    text: b\n  - id: a\n    text: c", 6, "Two references"),
        ("title: T\nreferences:\n  - id: A b\n    text: b", 4, "small letters"),
        ("title: T\nreferences:\n  - text: b\n    url: javascript:x", 5, "is not an https:"),
        ("title: &a T\ntopic: *a", 2, "anchors"),
        ("title: !!python/object:os.system x", 2, "tags"),
        ("title: {a: {b: {c: {d: e}}}}", 2, "too deeply"),
        ("- title", 2, "fields such as"),
        ("title: T\n# a\ntopic: [a, b]", 4, "takes text"),
    ],
)
def test_front_matter_outside_the_form_is_refused_with_its_line(front: str, place: int, words: str) -> None:
    with pytest.raises(BadInput) as refusal:
        markdown("## A\na\n", front=front)
    assert str(refusal.value).startswith(f"a.md:{place}: ")
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [(b"## A\n", "no front matter"), (b"---\ntitle: T\n", "not closed"), (b"---\n---\n## A\n", "no title")],
)
def test_a_file_without_whole_front_matter_is_refused(source: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read("a.md", source)


def test_a_file_named_otherwise_is_known_by_its_front_matter() -> None:
    assert read("notes.txt", b"---\ntitle: T\n---\n## A\na\n").article.title == "T"


def test_digits_that_an_author_left_on_a_word_are_asked_about() -> None:
    findings = markdown("## A\nIt needs tests1,2\n\nTake vitamin D3. See \\[7\\].\n").findings
    assert [(f.rule, f.severity.value, f.line) for f in findings] == [("E-20.glued-citation", "C", 8)]
