"""References of each issue: what it cites and nothing else, numbered by first use, with ids that last (E-22, E-23)."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.core.content.article import Article, Cite, Listing, ListItem, Paragraph, Reference, Run
from pipeline.core.content.words import texts
from pipeline.core.message import plaintext
from pipeline.core.message.context import issue_context
from pipeline.core.message.marks import Numbering
from pipeline.core.series.issue import IssueContent, PlannedIssue, SeriesPlan
from pipeline.core.series.resolve import resolve
from tests.core.series import articles
from tests.golden.sample import BRAND

REFERENCES = tuple(f"ref-{letter}" for letter in "abcdefgh")

_cite = st.lists(st.sampled_from(REFERENCES), min_size=1, max_size=3, unique=True).map(
    lambda r: Cite(tuple(r))
)
# Words that end in letters, figures and stops, so that a mark may come to stand after any of them.
_words = st.sampled_from(
    ["harmless", "harmless.", "type 2", "COVID-19", "10 ", " in ", "x)", "m²", ", and", "?"]
).map(Run)
_text = st.lists(st.one_of(_words, _words, _cite), min_size=1, max_size=6).map(tuple)
_block = st.one_of(
    _text.map(Paragraph),
    st.lists(_text.map(ListItem), min_size=1, max_size=3).map(lambda items: Listing(tuple(items))),
)


@st.composite
def series(draw: st.DrawFn) -> tuple[SeriesPlan, Article]:
    kinds = ("overview", "types", "causes", "symptoms")
    sections = [
        articles.section(kind, 10, also=draw(st.lists(_block, max_size=3)))
        for kind in kinds[: draw(st.integers(1, 4))]
    ]
    article = articles.article(*sections, references=draw(st.permutations(REFERENCES)))
    cut = draw(st.integers(1, len(sections)))
    parts = [part for part in (sections[:cut], sections[cut:]) if part]
    issues = tuple(
        PlannedIssue(n, f"Issue {n}", f"Subject {n}", "Preheader", tuple(section.id for section in part))
        for n, part in enumerate(parts, 1)
    )
    return SeriesPlan("sore-knees", "Sore knees", article.slug, "weekly_health_email", issues), article


def cited(issue: IssueContent) -> list[str]:
    """The ids in the order of first use."""
    blocks = [block for section in issue.sections for block in section.blocks] + [*issue.help]
    found = (ref for text, _ in texts(blocks) for part in text if isinstance(part, Cite) for ref in part.refs)
    return list(dict.fromkeys(found))


@pytest.mark.holds("E-22")
@given(series())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_each_issue_lists_what_it_cites_numbered_by_first_use_with_the_ids_of_the_article(
    made: tuple[SeriesPlan, Article],
) -> None:
    plan, article = made
    for issue in resolve(plan, article, demonstration=False):
        assert [entry.id for entry in issue.references] == cited(issue)
        assert [entry.number for entry in issue.references] == list(range(1, len(issue.references) + 1))
        for entry in issue.references:
            kept = article.reference(entry.id)
            assert kept is not None
            assert entry.text == kept.text


@pytest.mark.holds("E-23")
@given(series())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_mark_stands_in_brackets_outside_the_word_and_leads_to_its_entry(
    made: tuple[SeriesPlan, Article],
) -> None:
    plan, article = made
    for issue in resolve(plan, article, demonstration=False):
        context = issue_context(issue, BRAND, "Weekly health email")
        html = "|".join(_html(part) for section in context["sections"] for part in section["blocks"])
        listed = {entry.id: entry.number for entry in issue.references}
        marks = re.findall(
            r'<a href="([^"#]+)#ref-([a-z-]+)" aria-label="Reference (\d+)">\[(\d+)\]</a>', html
        )
        assert len(marks) == html.count("<sup>") + html.count("&#160;<a")
        for address, ref, label, number in marks:
            assert address == context["web_url"]
            assert int(label) == int(number) == listed[ref]
        # Nothing but brackets in a raised mark, no space before it, and no stop left behind it.
        for raised in re.findall(r"<sup>(.*?)</sup>", html):
            assert re.fullmatch(r"(?:\[\d+\](?:&#160;)?)+", re.sub(r"<[^>]+>", "", raised))
        assert not re.search(r"\s<sup>", html)
        assert not re.search(r"</sup>[.,;:?!]", html)


@pytest.mark.holds("E-23")
@given(st.lists(st.one_of(_words, _cite), min_size=1, max_size=6).map(tuple))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_in_the_text_part_a_mark_is_a_word_of_its_own_in_brackets(text: tuple[Run | Cite, ...]) -> None:
    section = articles.section("overview", 1, also=[Paragraph(text)])
    article = articles.article(section, references=REFERENCES)
    issue = PlannedIssue(1, "Issue", "Subject", "Preheader", ("overview",))
    plan = SeriesPlan("sore-knees", "Sore knees", article.slug, "weekly_health_email", (issue,))
    (content,) = resolve(plan, article, demonstration=False)
    written = plaintext.inlines(text, Numbering(content))
    marks = re.findall(r"\[\d+\]", written)
    assert len(marks) == sum(len(part.refs) for part in text if isinstance(part, Cite))
    assert all(written[match.start() - 1] == " " for match in re.finditer(r"\[\d+\]", written))


def test_a_reference_without_an_address_leads_to_its_doi_or_to_pubmed() -> None:
    section = articles.section("overview", 10, refs=("a", "b", "c", "d"))
    listed = (
        Reference("a", 1, "Doe A. Rest. doi:10.1000/a<b>"),
        Reference("b", 2, "Doe A. Rest.", pmid="12"),
        Reference("c", 3, "Doe A. Rest.", "https://x.example/rest", doi="10.1000/c"),
        Reference("d", 4, "Doe A. Rest. http://x.example/open"),
    )
    article = Article("Sore knees", "sore-knees", (section,), references=listed)
    issue = PlannedIssue(1, "Issue", "Subject", "Preheader", ("overview",))
    plan = SeriesPlan("sore-knees", "Sore knees", article.slug, "weekly_health_email", (issue,))
    (content,) = resolve(plan, article, demonstration=False)
    assert [entry.url for entry in content.references] == [
        "https://doi.org/10.1000/a",
        "https://pubmed.ncbi.nlm.nih.gov/12/",
        "https://x.example/rest",
        None,  # a letter links to nothing that is not encrypted
    ]


def _html(part: dict[str, object]) -> str:
    if part["kind"] == "paragraph":
        return str(part["html"])
    return "|".join(str(entry["html"]) for entry in part["entries"])  # type: ignore[attr-defined]
