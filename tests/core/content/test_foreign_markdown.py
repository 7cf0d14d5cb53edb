"""The Markdown of other tools: whole pages of each habit, written for these tests, and each mark by itself."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pipeline.core.content.article import Callout, Cite, Listing, Paragraph, Reading, Run, Table
from pipeline.core.content.importers import read
from pipeline.core.content.lines import without_lines
from pipeline.core.content.markdown_writer import write
from pipeline.core.content.words import plain, texts
from pipeline.core.errors import BadInput
from tests.core.content.samples import SAMPLES, anchors, depth


@dataclass(frozen=True)
class Page:
    """What a sample holds: `findings` and `left_out` by their lines."""

    sections: list[tuple[str, int]]
    questions: list[str]
    references: list[tuple[str, str | None]]
    anchors: list[tuple[int, list[int]]]
    findings: list[tuple[int, str]]
    left_out: list[int]


PAGES = {
    "hugo.md": Page(
        sections=[("Introduction", 2), ("What sets it off", 2), ("Shoes", 3)],
        questions=[
            "How old may shoes be?",
            "Can I keep running?",
            "How long does it last?",
            "Do insoles help?",
        ],
        references=[
            ("Example Running Trust. Shin pain. 2023.", "https://running.example/shin"),
            ("Sample A, Demo B. Load and legs. J Examples. 2022;4:1-9.", None),
        ],
        anchors=[(18, [2]), (24, [1]), (28, [2])],
        findings=[
            (1, "foreign-markdown"),
            (5, "draft"),
            (11, "review-claimed"),
            (14, "questions-differ"),
            (24, "suggested-heading"),
            (32, "box-urgency"),
            (50, "template-value"),
        ],
        left_out=[3, 4, 6, 8, 22, 30],
    ),
    "jekyll.md": Page(
        sections=[("What they are", 2), ("Treatment", 2)],
        questions=[],
        references=[
            ("Example Skin Trust. Cold sores. 2022. Read it", "https://skin.example/cold-sores"),
            ("Sample A. Creams for the lips. J Examples. 2021.", None),
        ],
        anchors=[(29, [1]), (39, [2])],
        findings=[
            (2, "foreign-markdown"),
            (29, "template-value"),
            (34, "box-urgency"),
            (38, "template-branch"),
            (42, "box-urgency"),
        ],
        left_out=[2, 4, 5, 11, 14, 15, 17, 22, 24, 24, 25, 27, 32, 38, 40, 45, 52],
    ),
    "component.mdx": Page(
        sections=[("Introduction", 2), ("How it is treated", 2)],
        questions=["Will it come back?", "Do I need a scan?"],
        references=[
            ("Example Elbow Trust. Tennis elbow. 2021.", "https://elbow.example/"),
            ("Demo D. Scans of elbows. 2020. http://old.example/scan", None),
        ],
        anchors=[(11, [1]), (24, [1, 2]), (44, [2])],
        findings=[
            (1, "foreign-markdown"),
            (11, "suggested-heading"),
            (13, "box-urgency"),
            (27, "words-in-tag"),
            (35, "template-value"),
            (51, "reference-address"),
        ],
        left_out=[1, 4, 9, 11, 17, 21, 22, 27, 40],
    ),
    "vault.md": Page(
        sections=[("Introduction", 2), ("Causes", 2), ("Treatment", 2)],
        questions=[],
        references=[
            ("Smith S. Restless legs. 2020.", "https://legs.example/rls"),
            ("Demo D. Iron and legs. 2019.", None),
            ("Ask for a blood test at the same visit.", None),
        ],
        anchors=[(10, [1]), (23, [2]), (32, [1, 3])],
        findings=[
            (2, "foreign-markdown"),
            (6, "review-claimed"),
            (10, "suggested-heading"),
            (14, "box-urgency"),
            (19, "embedded-page"),
            (32, "struck-out"),
            (41, "footnote-remark"),
        ],
        left_out=[3, 4, 8, 10, 12, 18, 19, 23, 23],
    ),
    "cited.md": Page(
        sections=[("Introduction", 2), ("What sets it off", 2)],
        questions=[],
        references=[
            ("Smith SA, Demo D. Crystals in joints. J Examples. 2020.", "https://doi.org/10.1000/xyz"),
            ("Gout and food. Example Joint Trust.", "https://joint.example/gout"),
        ],
        anchors=[(28, [1]), (28, [2, 1]), (33, [1]), (40, [2])],
        findings=[
            (7, "foreign-markdown"),
            (7, "front-matter-field"),
            (28, "suggested-heading"),
            (33, "unknown-citation"),
            (35, "box-urgency"),
        ],
        left_out=[25, 28, 28, 33, 39],
    ),
    "github.md": Page(
        sections=[("Introduction", 2), ("HOW TO FIND THEM", 2), ("Treatment", 2)],
        questions=[
            "Does short hair help?",
            "Can lice jump?",
            "Do I wash the bedding?",
            "Should my child stay at home?",
            "Are they a sign of dirt?",
        ],
        references=[
            ("Example Hair Trust, Head lice, 2024", "https://hair.example/lice"),
            ("Sample A. Combs. 2020.", None),
        ],
        anchors=[(6, [1]), (13, [1])],
        findings=[
            (1, "foreign-markdown"),
            (4, "review-claimed"),
            (6, "suggested-heading"),
            (11, "heading-in-capitals"),
            (11, "heading-level"),
            (15, "code-block"),
            (33, "table-span"),
            (42, "link-left-as-words"),
            (56, "bold-heading"),
        ],
        left_out=[1, 15, 26, 26, 28, 42, 43, 45, 60],
    ),
    "headings.md": Page(
        sections=[
            ("What is heel pain?", 2),
            ("Who gets it", 3),
            ("Signs", 3),
            ("Types", 4),
            ("What helps", 2),
            ("Rest", 3),
            ("Where this comes from", 2),
        ],
        questions=["Is it for ever?"],
        references=[
            ("Example Foot Trust. Heels. 2022.", "https://foot.example/heel"),
            ("Sample A. Walking. 2021.", None),
        ],
        anchors=[(5, [1]), (12, [1]), (25, [2])],
        findings=[
            (1, "foreign-markdown"),
            (7, "bold-heading"),
            (7, "E-20.glued-citation"),  # `all day (1,2)`
            (10, "bold-heading"),
            (23, "bold-heading"),
            (35, "heading-level"),
            (39, "question-without-answer"),
        ],
        left_out=[1, 3, 15, 19, 29, 39, 41, 45],
    ),
    "broken.md": Page(
        sections=[("Introduction", 2), ("What they are", 2)],
        questions=["Do they scar?"],
        references=[],
        anchors=[],
        findings=[
            (1, "front-matter"),
            (2, "front-matter"),
            (2, "front-matter"),
            (3, "foreign-markdown"),
            (4, "front-matter"),
            (5, "front-matter"),
            (6, "front-matter"),
            (10, "front-matter"),
            (14, "suggested-heading"),
        ],
        left_out=[3, 9],
    ),
    "arabic.md": Page(
        sections=[("Introduction", 2), ("الأعراض", 2)],
        questions=["هل هو خطير؟"],
        references=[("مؤسسة المثال، الصداع، 2023.", "https://head.example/ar")],
        anchors=[(6, [1])],
        findings=[(1, "language-guessed"), (3, "foreign-markdown"), (6, "suggested-heading")],
        left_out=[3],
    ),
    "japanese.md": Page(
        sections=[("花粉症とは", 2), ("症状", 2)],
        questions=["子どもにも起こりますか？"],
        references=[
            ("例の財団。花粉症。2023年。", "https://pollen.example/ja"),
            ("見本太郎。春の花粉。2022年。", None),
        ],
        anchors=[(10, [1]), (10, [2])],
        findings=[(5, "foreign-markdown")],
        left_out=[5],
    ),
}


def page(name: str) -> Reading:
    return read(name, (SAMPLES / "habits" / name).read_bytes())


def foreign(body: str, *, front: str = "title: T\ndate: 2024-01-01") -> Reading:
    """`body` under a front matter of four lines, so that it begins on line 5."""
    return read("a.md", f"---\n{front}\n---\n{body}".encode())


def words(reading: Reading) -> list[str]:
    return [plain(text) for section in reading.article.sections for text, _ in texts(section.blocks)]


def rules(reading: Reading) -> set[str]:
    return {finding.rule for finding in reading.findings} - {"foreign-markdown", "suggested-heading"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_another_tool_is_read_and_says_what_was_put_right_or_left_out(name: str) -> None:
    expected, reading = PAGES[name], page(name)
    article = reading.article
    assert [(s.heading, s.level) for s in article.sections] == expected.sections
    assert [q.question for q in article.faq] == expected.questions
    assert [(r.text, r.url) for r in article.references] == expected.references
    assert anchors(article) == expected.anchors
    assert [(f.line, f.rule) for f in reading.findings] == expected.findings
    assert [part.line for part in reading.left_out] == expected.left_out


@pytest.mark.parametrize("name", PAGES)
def test_what_was_read_can_be_kept_in_our_own_form(name: str) -> None:
    article = page(name).article
    text = write(article)
    again = read("a.md", text.encode()).article
    assert without_lines(again) == without_lines(article)
    assert write(again) == text


def test_people_and_particulars_of_front_matter_have_many_names() -> None:
    assert [(p.name, p.credentials) for p in page("hugo.md").article.authors] == [
        ("Ada Sample", "MSc"),
        ("Ben Sample", ""),
    ]
    assert [(p.name, p.credentials) for p in page("jekyll.md").article.authors] == [
        ("ada", ""),
        ("Ben Sample", "RN"),
    ]
    assert page("jekyll.md").article.slug == "cold-sores"
    cited = page("cited.md").article
    assert (cited.authors[0].name, cited.language) == ("Ada Sample", "en-GB")
    lice = page("github.md").article
    assert (lice.authors[0].name, lice.reviewer) == ("Ada Sample", None)
    assert lice.disclaimer.startswith("This page is for information only")
    assert "Dr Cleo Example" in page("vault.md").article.notes_for_reviewer[0]
    assert (page("arabic.md").article.language, page("japanese.md").article.language) == ("ar", "ja")


@pytest.mark.parametrize(
    ("name", "urgency", "title"),
    [
        ("hugo.md", "soon", "Get help"),
        ("component.mdx", "urgent", "Go to A&E"),
        ("vault.md", "soon", "When to get help"),
        ("vault.md", "note", "At night"),
        ("jekyll.md", "soon", ""),
        ("cited.md", "urgent", "Get help"),
        ("github.md", "note", ""),
    ],
)
def test_boxes_of_every_tool_become_callouts(name: str, urgency: str, title: str) -> None:
    found = [
        (block.urgency.value, block.title)
        for section in page(name).article.sections
        for block in section.blocks
        if isinstance(block, Callout)
    ]
    assert (urgency, title) in found


def test_tables_and_lists_of_html_keep_their_shape() -> None:
    table, listing, _ = page("github.md").article.sections[2].blocks
    assert isinstance(table, Table)
    assert [[plain(cell) for cell in row] for row in table.rows] == [
        ["Comb", "every 3 days"],
        ["Lotion | spray", ""],
    ]
    assert isinstance(listing, Listing)
    assert (listing.ordered, depth(listing), len(listing.items)) == (True, 2, 2)


def test_the_finding_of_the_form_names_its_sign() -> None:
    form = next(f for f in page("vault.md").findings if f.rule == "foreign-markdown")
    assert "the field `tags`" in form.message


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        (
            "---\ntitle: T\nnext_review:\ndate: 2024-01-01\n---\n## A\na\n",
            "a.md:4: The front matter has no field 'date'",
        ),
        (
            "---\ntitle: T\ntopic: x\nautor: Ada\n---\n## A\na\n",
            "a.md:4: The front matter has no field 'autor'",
        ),
        (
            "---\ntitle: T\ntopic: x\nauthor: Ada\n---\n## A\na\n",
            "a.md:4: The front matter has no field 'author'",
        ),
        ("---\ntitle: T\ntopic: x\n---\n## A\n[^1] [4]\n", "a.md:6: In [4] reference 4 is cited"),
        ("---\ntitle: T\nauthors: Ada\n---\n## A\na\n", "a.md:3: 'authors' takes a list"),
        ('---\ntitle: "T\n---\n## A\na\n', "a.md:2: The front matter is not valid YAML"),
        ("---\ntitle: T\n## A\na\n", "a.md:1: The front matter is not closed"),
        ("\n---\ntitle: T\n---\n# A\na\n", "a.md:1: There is no front matter"),
        ("## A\na\n", "a.md:1: There is no front matter"),
    ],
)
def test_a_slip_in_our_own_form_is_refused_and_not_read_as_foreign(source: str, refusal: str) -> None:
    with pytest.raises(BadInput) as error:
        read("a.md", source.encode())
    assert str(error.value).startswith(refusal)


@pytest.mark.parametrize(
    ("name", "source", "sign"),
    [
        ("a.md", "---\ntitle: T\nlayout: post\n---\n## A\na\n", "field `layout`"),
        ("a.md", "---\ntitle: T\ntopic: x\ndate: 2024\n---\n## A\na\n", "field `date`"),
        ("a.md", "---\ntitle: T\nhero_colour: red\n---\n## A\na\n", "field `hero_colour`"),
        ("a.md", "---\ntitle: T\nauthor: Ada\n---\n## A\na\n", "field `author`"),
        ("a.md", "---\ntitle: T\n---\n## A\na[^1]\n\n[^1]: b 2020\n", "a footnote"),
        ("a.md", "---\ntitle: T\n---\n## A\n[[B]]\n", "a wikilink"),
        ("a.md", "---\ntitle: T\n---\n## A\n> [!NOTE]\n> a\n", "an alert box"),
        ("a.md", "---\ntitle: T\n---\n## A\n{{< toc >}}\na\n", "a Hugo shortcode"),
        ("a.md", "---\ntitle: T\n---\n## A\na {% if x %}\n", "a Liquid tag"),
        ("a.md", "---\ntitle: T\n---\nimport A from 'a'\n\n## A\na\n", "an MDX import"),
        ("a.md", "---\ntitle: T\n---\n## A\na [@smith, p. 2]\n", "a Pandoc citation"),
        ("a.md", "+++\ntitle = 'T'\n+++\n## A\na\n", "TOML"),
        ("a.md", '{"title": "T", "date": "x"}\n\n## A\na\n', "JSON"),
        ("a.md", "# T\n\na\n", "no front matter"),
        ("a.md", "T\n=\n\na\n", "no front matter"),
        ("a.mdx", "# T\n\na\n", "ending of the file's name"),
    ],
)
def test_a_foreign_file_is_known_by_its_signs(name: str, source: str, sign: str) -> None:
    reading = read(name, source.encode())
    assert reading.article.title == "T"
    assert sign in next(f.message for f in reading.findings if f.rule == "foreign-markdown")


@pytest.mark.parametrize(
    ("front", "line", "quoted"),
    [
        ("title: T\ndate: x\nsummary: a: b", 4, "a: b"),
        ("title: T\ndate: x\n\tlayout: y", 4, "layout: y"),
        ("title: T\ndate: x\ndate: y", 4, "date"),
        ("title: T\ndate: x\n???", 4, "???"),
        ('title: T\ndate: x\nsummary: "a', 4, '"a'),
        ("title: T\ndate: &a x\nsummary: *a", 3, "&a x"),
        ("title: T\ndate: {a: {b: {c: {d: {e: {f: {g: {h: i}}}}}}}}", 3, "{a:"),
    ],
)
def test_broken_front_matter_costs_one_field_and_says_which(front: str, line: int, quoted: str) -> None:
    reading = foreign("## A\na\n", front=front)
    assert reading.article.title == "T"
    assert any(
        f.rule == "front-matter" and f.severity.value == "B" and f.line == line and quoted in f.quote
        for f in reading.findings
    )


def test_broken_toml_is_read_line_by_line_and_broken_json_is_refused() -> None:
    reading = read("a.md", b'+++\ntitle = "T"\nlang = cy\ntags = [\n+++\n## A\na\n')
    assert reading.article.title == "T"
    assert [f.line for f in reading.findings if f.rule == "front-matter"] == [3, 3, 4]
    with pytest.raises(BadInput, match=r"a\.md:2: The front matter begins as JSON"):
        read("a.md", b'{"title": "T",\n "date" 2024}\n\n# A\n')


@pytest.mark.parametrize(
    ("front", "asked"),
    [
        ("faq:\n  - question: Why?\n    answer: So.", ("Why?", "So.")),
        ("faqs:\n  - q: Why?\n    a: So.", ("Why?", "So.")),
        ("faq:\n  - name: Why?\n    acceptedAnswer:\n      text: So.", ("Why?", "So.")),
        ("faq:\n  - Why?: So.", ("Why?", "So.")),
        ("faq:\n  mainEntity:\n    - name: Why?\n      acceptedAnswer: {text: So.}", ("Why?", "So.")),
        ("faq:\n  - question: Why?\n    answer: |\n      Two:\n\n      - a\n", ("Why?", "Two: a")),
    ],
)
def test_questions_in_front_matter_have_many_shapes(front: str, asked: tuple[str, str]) -> None:
    faq = foreign("## A\na\n", front=f"title: T\n{front}").article.faq
    assert [(q.question, " ".join(plain(t) for t, _ in texts(q.answer))) for q in faq] == [asked]


def test_a_question_in_front_matter_and_text_stands_once_and_a_difference_names_both_lines() -> None:
    front = "title: T\nfaq:\n  - {q: Why?, a: So.}\n  - {q: When?, a: Now.}"
    reading = foreign("## FAQ\n### Why?\nSo.\n### When?\nLater.\n", front=front)
    assert [q.question for q in reading.article.faq] == ["Why?", "When?"]
    differ = [f for f in reading.findings if f.rule == "questions-differ"]
    assert [(f.line, f.quote) for f in differ] == [(5, "When?")]
    assert "Line 5 and line 10" in differ[0].message


@pytest.mark.parametrize(
    "body",
    [
        "## FAQs\n### Why?\nSo.\n",
        "## FAQ\n\n## Why?\nSo.\n",
        "## FAQ\n**Why?**\n\nSo.\n",
        "## FAQ\n**Why?** So.\n",
        "## FAQ\n**Q:** Why? **A:** So.\n",
        "## FAQ\nQ: Why?\nA: So.\n",
        "Question 1: Why?\n\nAnswer: So.\n",
        "## FAQ\nWhy?\n: So.\n",
        "<details><summary>Why?</summary>So.</details>\n",
        "<details>\n<summary><strong>Why?</strong></summary>\n\nSo.\n\n</details>\n",
        '{{< details "Why?" >}}\nSo.\n{{< /details >}}\n',
        '<Accordion title="Why?">\nSo.\n</Accordion>\n',
        '<FAQItem question="Why?" answer="So." />\n',
        "## Häufige Fragen\n### Why?\nSo.\n",
    ],
)
def test_questions_in_the_text_have_many_shapes(body: str) -> None:
    faq = foreign(f"## A\na\n\n{body}").article.faq
    assert [(q.question, " ".join(plain(t) for t, _ in texts(q.answer))) for q in faq] == [("Why?", "So.")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("## A\na[^1].\n\n[^1]: S. 2020.\n", [(6, [1])]),
        ("## A\na[^b] c[^a].\n\n[^a]: S. 2020.\n[^b]: T. 2021.\n    More.\n", [(6, [1]), (6, [2])]),
        ("## A\na^[S. 2020.] b\n", [(6, [1])]),
        ("## A\na[^1]\n\n## References\n1. S. 2020.\n", [(6, [1])]),
        ("## A\na [1,2].\n\n## Sources\n[1] S. 2020.\n[2] T. 2021.\n", [(6, [1, 2])]),
        ("## A\nIt is rare (1, 2).\n\n## Bibliography\n1) S. 2020.\n2) T. 2021.\n", [(6, [1, 2])]),
        ("## A\na<sup>1-2</sup>.\n\n## Quellen\n- S. 2020.\n- T. 2021.\n", [(6, [1, 2])]),
        ("## A\na<sup>[2](#ref-2)</sup>\n\n## References\n1. S. 2020.\n2. T. 2021.\n", [(6, [2])]),
        ("## A\na [[2]](#r2)\n\n## References\nS. 2020.\n\nT. 2021.\n", [(6, [2])]),
        ("## A\na^1,2^ b\n\n## References\n1. S. 2020.\n2. T. 2021.\n", [(6, [1, 2])]),
        ("## A\na [1](https://x.test/s)\n", [(6, [1])]),
        ("## A\na **b**.[1]\n\n**References**\n\n1. S. 2020.\n", [(6, [1])]),
        ("## A\n- a [1]\n- b [1]\n\n## References\n### Books\n1. S. 2020.\n", [(6, [1]), (7, [1])]),
        ("## A\na [1].\n\n1. S. 2020. <https://x.test/>\n2. T. 2021.\n", [(6, [1])]),
        ("## A\na [@s].\n\n::: {#refs}\n::: {#ref-s .csl-entry}\nS. 2020.\n:::\n:::\n", [(6, [1])]),
    ],
)
def test_citations_of_every_habit_point_at_their_source(
    body: str, expected: list[tuple[int, list[int]]]
) -> None:
    reading = foreign(body)
    assert anchors(reading.article) == expected
    assert reading.article.references[0].text.startswith(("S. 2020", "T. 2021", "https://x.test"))


@pytest.mark.parametrize(
    "body",
    [
        "10<sup>3</sup> and 5 m<sup>2</sup>, the 1<sup>st</sup> of (2) two, H<sub>2</sub>O",
        "10^3^ and 5 m^2^, the 1st of (2) two, H~2~O",
    ],
)
def test_exponents_ordinals_and_formulas_are_no_citations(body: str) -> None:
    reading = foreign(f"## A\n{body}\n\n## References\n1. S. 2020.\n2. T. 2021.\n3. U. 2022.\n")
    assert words(reading) == ["10³ and 5 m², the 1st of (2) two, H₂O"]
    assert anchors(reading.article) == []


@pytest.mark.parametrize(
    ("body", "rule", "line"),
    [
        ("## A\na[^x]\n", "unknown-citation", 6),
        ("## A\na<sup>7</sup>\n", "unknown-citation", 6),
        ("## A\na[^1]\n\n[^1]: A mere remark.\n", "footnote-remark", 8),
        ("## A\na[^1]\n\n[^1]: S. 2020.\n[^1]: T. 2021.\n", "footnote-twice", 9),
        ("## A\na [b](https://x.test/)\n", "proposed-reference", 6),
        ("## A\n| a |\n|---|\n| b | c |\n", "table-cells", 8),
        ("## A\na [1]\n\n## References\n2. S. 2020.\n3. T. 2021.\n", "reference-numbers", 8),
        ("## A [^1]\na\n\n[^1]: S. 2020.\n", "citation-in-heading", 5),
        ("## A\n::: warning\na\n", "box-not-closed", 6),
        ("## A\n<details><summary>More</summary>a</details>\n\nb\n", "text-after-fold", 8),
        ("## A\n- a\n\n  ## B\n", "heading-in-block", 8),
        ("## A\n```\na\n", "code-block", 6),
        ("# Other\n\n## A\na\n", "two-titles", 5),
        ("## A\na {{ site.x }}\n", "template-value", 6),
        ('## A\na {{< x "some words that matter" >}}\n', "words-in-tag", 6),
    ],
)
def test_what_only_a_person_can_decide_is_asked_at_its_line(body: str, rule: str, line: int) -> None:
    reading = foreign(body)
    assert line in [f.line for f in reading.findings if f.rule == rule]


@pytest.mark.parametrize(
    ("body", "why", "kept"),
    [
        ("a <!-- b --> c", "a comment", ["a c"]),
        ("a %%b%% c", "a comment", ["a c"]),
        ("a\n{% comment %}\nb\n{% endcomment %}\nc", "a comment", ["a c"]),
        ("a\n{::comment}\nb\n{:/comment}\nc", "a comment", ["a c"]),
        ("a\n\n![b](c.png)\n\nd", "a picture: an article carries words only", ["a", "d"]),
        ("a <mark>b</mark> c", "a tag; its words were kept", ["a b c"]),
        ("<section>a</section>b", "a tag of HTML; its words were kept", ["a", "b"]),
        ("a\n<script>b()</script>\nc", "a part of the page that is no text: <script>", ["a c"]),
        ("a [b](/c)", "a link inside the site; its words were kept", ["a b"]),
        ("Updated: 3 March 2025\n\na", "a date of the page", ["a"]),
        ("Subscribe to our newsletter\n\na", "a sign-up box", ["a"]),
        ("[[toc]]\n\na", "a table of contents", ["a"]),
        ("- [A](#a)\n- [A](#a)\n\na", "a table of contents", ["a"]),
        ("a\n{: .big #x}", "an attribute of the site's software", ["a"]),
        (
            "{% raw %}a {{ b }}{% endraw %}",
            "a tag of the site's software; its words were kept",
            ["a {{ b }}"],
        ),
        ("a\n\n* * *\n\nb", "a dividing line: headings divide", ["a", "b"]),
    ],
)
def test_what_is_no_word_of_the_article_is_left_out_and_listed(body: str, why: str, kept: list[str]) -> None:
    reading = foreign(f"## A\n{body}\n")
    assert words(reading) == kept
    assert why in [part.why for part in reading.left_out]


def test_styles_of_tags_and_highlights_become_plain_values() -> None:
    body = "## A\n<b>a</b> <em>b</em> ==c== `d` \\*e <a href='https://x.test/'>f</a>&nbsp;g<br>h\n"
    block = foreign(body).article.sections[0].blocks[0]
    assert block == Paragraph(
        (
            Run("a", strong=True),
            Run(" "),
            Run("b", emphasis=True),
            Run(" c d *e "),
            Run("f", href="https://x.test/"),
            Cite(("x-f",)),
            Run("\u00a0g h"),
        ),
        6,
    )


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("---\ndate: x\n---\na\n", "a.md:1: There is no title"),
        ("# T\n", "a.md:1: There is no text under the title"),
        ("# T\n\n" + ">" * 40 + " a\n", "a.md:3: This is nested too deeply"),
        ("# T\n\n" + "a*b* " * 20_000, "a.md: The file has"),
    ],
)
def test_a_file_that_is_no_article_is_refused_with_its_place(source: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read("a.md", source.encode())
    assert str(refusal.value).startswith(sentence)


def test_a_meaning_without_its_term_is_an_entry_of_its_own_words() -> None:
    article = foreign("## A\n::: > [!tip] x\n![a](b)\n: what it means\n").article
    (listing,) = article.sections[0].blocks
    assert isinstance(listing, Listing)
    assert [plain(item.text) for item in listing.items] == ["what it means"]
    assert without_lines(read("b.md", write(article).encode()).article) == without_lines(article)
