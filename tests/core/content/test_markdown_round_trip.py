"""What the writer writes, the reader reads back equal."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from pipeline.core.content.article import Article
from pipeline.core.content.importers import read
from pipeline.core.content.lines import without_lines
from pipeline.core.content.markdown_writer import write
from tests.core.content.strategies import articles


@given(articles())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_article_written_and_read_is_the_same_article(article: Article) -> None:
    text = write(article)
    assert without_lines(read("a.md", text.encode()).article) == article
