"""What the writer writes, the reader reads back equal."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from pipeline.core.content.article import Article, Cite, Paragraph, Section, SectionKind
from pipeline.core.content.importers import read
from pipeline.core.content.lines import without_lines
from pipeline.core.content.markdown_writer import write
from pipeline.core.errors import BadInput
from tests.core.content.samples import markdown, sample
from tests.core.content.strategies import articles


@given(articles())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_article_written_and_read_is_the_same_article(article: Article) -> None:
    text = write(article)
    assert without_lines(read("a.md", text.encode()).article) == article


@pytest.mark.parametrize("name", ["scraped-page.txt", "wrapped-page.txt", "names-with-digits.txt"])
def test_an_imported_page_can_be_kept_as_markdown(name: str) -> None:
    article = sample(name).article
    again = read("a.md", write(article).encode()).article
    assert without_lines(again) == without_lines(article)
    assert write(again) == write(article)


def test_the_written_file_is_fit_for_a_person() -> None:
    body = (
        "## Causes\nA cold, or [dust](https://x.test/a_b) (often).[1,2]\n\n- one\n  - two\n\n"
        '::: soon "See a GP"\nif it *stays*\n:::\n'
    )
    text = write(markdown(body).article)
    assert text.split("---\n")[2].strip() == (
        "## Causes\n\nA cold, or [dust](https://x.test/a_b) (often).[1,2]\n\n"
        '- one\n  - two\n\n::: soon "See a GP"\nif it *stays*\n:::'
    )
    assert "reviewer:\nreviewed:\nnext_review:\n" in text


def test_a_citation_of_a_reference_that_is_not_there_is_refused() -> None:
    section = Section("a", "A", 2, SectionKind.OTHER, (Paragraph((Cite(("gone",)),)),))
    with pytest.raises(BadInput, match="'gone'"):
        write(Article("T", "t", (section,)))
