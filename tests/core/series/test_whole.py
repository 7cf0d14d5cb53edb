"""E-14: the clinical text is carried over unchanged. All that the article says is in the series once, nothing is
changed, and what takes back, limits or leads up to something is never parted from it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.content.article import (
    Article,
    Block,
    Callout,
    Cite,
    Listing,
    ListItem,
    Paragraph,
    Question,
    Run,
    Section,
    SectionKind,
    Table,
    Urgency,
)
from pipeline.core.series import plan, series_file
from pipeline.core.series.advice import callouts
from pipeline.core.series.issue import IssueContent, Rhythm
from tests.core.content.strategies import articles
from tests.core.series.articles import article

OPENERS = ("Tablets help.", "However, they", "But some", "This also", "Rarely, a", "しかし、", "and so on")
ENDS = (" end.", " such as:", " without a stop")


@st.composite
def block(draw: st.DrawFn, tag: str) -> Block:
    """A block whose words nobody else has."""
    words = " ".join([f"{tag}w{n}" for n in range(draw(st.sampled_from([3, 40, 110])))])
    said = (Run(f"{draw(st.sampled_from(OPENERS))} {words}{draw(st.sampled_from(ENDS))}"), Cite(("a",)))
    match draw(st.integers(0, 7)):
        case 0:
            return Listing((ListItem(said), ListItem((Run(f"{tag} two"),))))
        case 1:
            return Callout(draw(st.sampled_from(Urgency)), f"Box {tag}", (Paragraph(said),))
        case 2:
            return Table((said,), ((said,),))
        case 3:
            return Paragraph(said[::-1])
    return Paragraph(said)


@st.composite
def any_article(draw: st.DrawFn) -> Article:
    kinds = st.sampled_from(SectionKind)
    sections = [
        Section(
            f"s{n}",
            f"Part {n}" if draw(st.booleans()) else f"Step {n}",
            draw(st.sampled_from([2, 2, 3, 4])),
            draw(kinds),
            tuple(draw(block(f"s{n}b{at}")) for at in range(draw(st.integers(0, 7)))),
        )
        for n in range(draw(st.integers(0, 7)))
    ]
    asked = range(draw(st.integers(0 if sections else 1, 9)))
    faq = [Question(f"q{n}", f"Why {n}?", (draw(block(f"q{n}")),)) for n in asked]
    return article(*sections, faq=faq, language=draw(st.sampled_from(["en-GB", "en", "ja", "ar"])))


def told(contents: tuple[IssueContent, ...], section_id: str) -> tuple[Block, ...]:
    """What the series says of one section, in the order in which it says it."""
    parts = [s for content in contents for s in content.sections if s.id.partition("#")[0] == section_id]
    return tuple(block for part in parts for block in part.blocks)


@pytest.mark.holds("E-14")
@settings(max_examples=40, deadline=None)
@given(st.one_of(any_article(), any_article(), articles()), st.sampled_from(Rhythm))
def test_every_block_of_the_article_is_in_the_series_once_and_unchanged(
    made: Article, rhythm: Rhythm
) -> None:
    proposed = plan.propose(made, "p", rhythm=rhythm)
    contents = plan.resolve(proposed, made, False)
    for section in made.sections:
        assert told(contents, section.id) == section.blocks, "whole, in its own order, nothing twice"
    asked = [question for content in contents for question in content.questions]
    assert asked == list(made.faq)
    assert len([s for c in contents for s in c.sections if not s.blocks]) == len(
        [s for s in made.sections if not s.blocks]
    ), "a heading without words is told too"
    for content in contents:
        own = [*content.sections, *(q for q in content.questions)]
        said = [b for part in own for b in (part.blocks if isinstance(part, Section) else part.answer)]
        assert not set(content.help) & set(callouts(said)), "nothing is repeated in the issue that says it"
    assert [issue.number for issue in proposed.issues] == list(range(1, len(proposed.issues) + 1))
    assert all(len(issue.subject) <= 60 for issue in proposed.issues)
    assert len({issue.title for issue in proposed.issues}) == len(proposed.issues)
    blocking = {f.rule for f in plan.review(proposed, made) if f.severity.value != "C"}
    assert blocking <= {"series.no_help"}, "no proposal tears or loses anything"
    assert series_file.read("x", series_file.write(proposed).encode()) == proposed


@pytest.mark.holds("E-14")
@settings(max_examples=20, deadline=None)
@given(any_article(), st.sampled_from(Rhythm))
def test_nothing_is_cut_from_what_it_needs(made: Article, rhythm: Rhythm) -> None:
    contents = plan.resolve(plan.propose(made, "p", rhythm=rhythm), made, False)
    place = {id(b): c.number for c in contents for s in c.sections for b in s.blocks}
    for section in made.sections:
        for before, after in pairwise(section.blocks):
            if place[id(before)] == place[id(after)]:
                continue
            assert made.language.startswith(("en", "ja")), (
                "a language whose hedges are not known is never cut"
            )
            assert isinstance(before, Listing | Table | Callout) or words(before).endswith(".")
            assert not isinstance(after, Callout)
            assert isinstance(after, Listing | Table) or isinstance(after.text[0], Run)
            if made.language.startswith("en"):
                assert words(after).startswith(("Tablets", "Rarely", "しかし")), words(after)[:20]
            assert not (isinstance(before, Paragraph) and isinstance(after, Listing | Table))


def words(block: Block) -> str:
    match block:
        case Paragraph():
            return "".join(part.text for part in block.text if isinstance(part, Run))
        case Listing():
            return words(Paragraph(block.items[0].text))
        case Table():
            return words(Paragraph(block.header[0]))
        case Callout():
            return block.title
