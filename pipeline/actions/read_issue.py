"""Read an issue on the web, once it has begun to go out."""

from __future__ import annotations

from pipeline.core.errors import NotFound
from pipeline.core.message.web_copy import series_code, web_copy
from pipeline.store import campaigns, series


def read_issue(code: str, number: int) -> str:
    """The page of issue `number` of the series with this code, as it was sent last. NotFound before it was."""
    for plan in series.plans():
        if series_code(plan.slug) == code and (
            revision_id := campaigns.last_opened_revision(plan.slug, number)
        ):
            revision = series.revision(revision_id)
            if revision is not None:
                return web_copy(revision.letter.html)
    raise NotFound("There is no such issue, or it has not been sent yet.")
