from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings

from pipeline.core.content.article import Article
from pipeline.core.content.article_data import article_from_data, article_to_data
from tests.core.content.samples import sample
from tests.core.content.strategies import articles


@given(articles())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_article_survives_json(article: Article) -> None:
    assert article_from_data(json.loads(json.dumps(article_to_data(article)))) == article


def test_its_lines_survive_too() -> None:
    article = sample("scraped-page.txt").article
    assert article_from_data(json.loads(json.dumps(article_to_data(article)))) == article
