"""Any article that the Markdown form can say, for the property tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from pipeline.core.content.article import (
    Allowance,
    Article,
    Block,
    Callout,
    Cite,
    Figure,
    Grade,
    Inlines,
    Listing,
    ListItem,
    Paragraph,
    Person,
    Question,
    Reference,
    Run,
    Section,
    SectionKind,
    Table,
    Urgency,
)
from pipeline.core.content.inlines import tidy, tidy_text
from pipeline.core.content.pictures import DECORATIVE
from pipeline.core.content.places import places

# Letters, and every sign that Markdown or YAML could mistake for its own.
_ALPHABET = st.one_of(
    st.sampled_from("abcXYZ 019 .,:;!?()[]{}<>*_`~#+-=|\\/&\"'%@^$–’é☃\u00a0"),
    st.characters(blacklist_categories=("Cs", "Cc")),
)
_SNIPPETS = st.sampled_from(
    [
        "[1]",
        "1. a",
        "- b",
        "::: urgent",
        "# c",
        "&amp;",
        "<b>",
        "**d**",
        "---",
        "| e |",
        "{#f}",
        "<!-- g -->",
        "no",
        "2026-11-23",
    ]
)
_words = st.one_of(st.text(_ALPHABET, min_size=1, max_size=20), _SNIPPETS)
line = _words.map(tidy_text).filter(bool)
name = st.lists(st.text("abc019", min_size=1, max_size=4), min_size=1, max_size=3).map("-".join)
href = st.sampled_from(
    ["https://clinic.example/a_b*c?d=1&copy;=2", "https://x.test/(a)", "mailto:ada@clinic.example"]
)
day = st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
person = st.builds(Person, line, st.one_of(st.just(""), line), st.one_of(st.just(""), line))


REFERENCES = ("one", "two-2", "three")

_run = st.builds(Run, _words, st.booleans(), st.booleans(), st.one_of(st.none(), href))
_cite = st.lists(st.sampled_from(REFERENCES), min_size=1, max_size=3, unique=True).map(
    lambda refs: Cite(tuple(refs))
)
_some = st.lists(st.one_of(_run, _run, _cite), min_size=1, max_size=4)
inlines: st.SearchStrategy[Inlines] = _some.map(tidy).filter(bool)


def _table(width: int) -> st.SearchStrategy[Table]:
    row = st.tuples(*[st.one_of(inlines, st.just(()))] * width)
    return st.builds(Table, st.tuples(*[inlines] * width), st.lists(row, max_size=2).map(tuple))


def _deeper(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    some = st.lists(inner, max_size=3).map(tuple)
    items = st.lists(st.builds(ListItem, inlines, some), min_size=1, max_size=3).map(tuple)
    callout = st.builds(Callout, st.sampled_from(Urgency), st.one_of(st.just(""), line), some)
    return st.one_of(st.builds(Listing, items, st.booleans()), callout)


_figure = st.builds(
    Figure,
    st.sampled_from(["a.png", "B_2.jpeg", "c-d.gif"]),
    st.one_of(st.just(""), line).filter(lambda alt: alt.lower() != DECORATIVE),
    st.one_of(st.just(""), line),
)
_leaf = st.one_of(st.builds(Paragraph, inlines), st.one_of(_table(1), _table(3)), _figure)
blocks = st.lists(st.recursive(_leaf, _deeper, max_leaves=4), max_size=3).map(tuple)
_kinds = st.sampled_from([kind for kind in SectionKind if kind is not SectionKind.QUESTIONS])


@st.composite
def articles(draw: st.DrawFn) -> Article:
    article = draw(_articles())
    anywhere = ["", *(place.at for place in places(article))]
    chosen = draw(st.lists(st.sampled_from(range(len(anywhere))), max_size=4).map(sorted))
    reason = line.filter(lambda text: "-->" not in text)
    rule = st.sampled_from(["spelling", "E-03.number-without-citation"])
    return replace(
        article, allowances=tuple(Allowance(draw(rule), draw(reason), anywhere[n]) for n in chosen)
    )


@st.composite
def _articles(draw: st.DrawFn) -> Article:
    ids = draw(st.lists(name, min_size=1, max_size=4, unique=True))
    asked = draw(st.integers(0, len(ids) - 1))
    return Article(
        title=draw(line),
        slug=draw(name),
        sections=tuple(
            Section(
                section_id,
                draw(line),
                2 if n == 0 else draw(st.integers(2, 4)),
                draw(_kinds),
                draw(blocks),
                draw(st.booleans()),
            )
            for n, section_id in enumerate(ids[asked:])
        ),
        authors=tuple(draw(st.lists(person, max_size=2))),
        reviewer=draw(st.one_of(st.none(), person)),
        reviewed_on=draw(day),
        next_review_on=draw(day),
        language=draw(st.sampled_from(["en-GB", "cy", "pt-BR"])),
        topic=draw(st.one_of(st.just(""), line)),
        disclaimer=draw(st.one_of(st.just(""), line)),
        faq=tuple(Question(i, draw(line), draw(blocks.filter(bool))) for i in ids[:asked]),
        references=tuple(
            Reference(
                ref,
                n,
                draw(line),
                draw(st.one_of(st.none(), st.just("https://x.test/1"))),
                doi=draw(st.sampled_from([None, None, "10.1234/a(b)c"])),
                pmid=draw(st.sampled_from([None, None, "123"])),
                accessed=draw(day),
                grade=draw(st.sampled_from([None, *Grade])),
            )
            for n, ref in enumerate(REFERENCES, 1)
        ),
        notes_for_reviewer=tuple(draw(st.lists(line, max_size=2))),
    )
