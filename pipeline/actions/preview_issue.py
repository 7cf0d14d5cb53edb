"""One rendered issue as a reader would get it, with links that do nothing (S-22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.look_at_series import findings_of
from pipeline.actions.write_message import links
from pipeline.core.content.article import Finding
from pipeline.core.errors import NotFound
from pipeline.core.home_zone import HOME_ZONE
from pipeline.core.message.context import long_date
from pipeline.core.message.slots import compile_parts
from pipeline.store import series

NOBODY = bytes(16)  # the preview's links name no subscription


@dataclass(frozen=True, slots=True)
class Preview:
    """The newest rendering of an issue, its slots filled for nobody in particular."""

    series: str
    series_title: str
    number: int
    total: int
    title: str
    subject: str
    preheader: str
    html: str
    text: str
    demonstration: bool
    findings: tuple[Finding, ...]


def preview_issue(slug: str, number: int, now: datetime) -> Preview:
    """Changes nothing. Raises NotFound for an issue that is not rendered."""
    revision = next((r for r in series.latest_revisions(slug) if r.number == number), None)
    if revision is None:
        raise NotFound(f"Issue {number} of {slug!r} is not rendered yet.")
    values = {
        **links(True, NOBODY, NOBODY),
        "address": "reader@mailbox.example",
        "greeting": "Hello,",
        "signed_up_on": long_date(now.astimezone(HOME_ZONE).date()) or "",
    }
    html, text = compile_parts(revision.letter).fill(values)
    return Preview(
        series=revision.series,
        series_title=revision.series_title,
        number=revision.number,
        total=revision.total,
        title=revision.title,
        subject=revision.letter.subject,
        preheader=revision.letter.preheader,
        html=html,
        text=text,
        demonstration=revision.demonstration,
        findings=findings_of(revision),
    )
