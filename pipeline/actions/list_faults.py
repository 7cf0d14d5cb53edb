"""What was marked wrong."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.core.editorial.faults import Fault
from pipeline.store import articles, faults, series


def list_faults() -> list[Fault]:
    """All of them, the newest first."""
    return faults.every()


def titles_of(found: Iterable[Fault]) -> dict[int, str]:
    """Of each by its id, what a person calls what was marked: `Hay fever, week by week: issue 3`, or the article's
    title.
    """
    of_series = {plan.slug: plan.title for plan in series.plans()}
    titles = {}
    for fault in found:
        stored = articles.latest(fault.article)
        whole = stored.article.title if stored else fault.article
        named = f"{of_series.get(fault.series, fault.series)}: issue {fault.number}"
        titles[fault.id] = named if fault.number else whole
    return titles


def letters_of(fault: Fault) -> list[str]:
    """The names of the campaigns that carry its correction."""
    return faults.campaigns_of(fault.id)
