"""What a plan was made from, so that a later plan can say what changed, and knows a section under a new name."""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.content.article import Article
from pipeline.core.series.issue import MadeFrom, SeriesPlan
from pipeline.core.series.parts import block_digest, parts_named


def made_from(plan: SeriesPlan, article: Article) -> SeriesPlan:
    """The plan with a fingerprint of every part and question of the article as it stands."""
    parts = parts_named(article, plan.names())
    prints = [
        MadeFrom(name, part.section.heading, tuple(map(block_digest, part.blocks)))
        for name, part in parts.items()
    ]
    prints += [
        MadeFrom(entry.id, entry.question, tuple(map(block_digest, entry.answer)), question=True)
        for entry in article.faq
    ]
    return replace(plan, made_from=tuple(prints))
