"""Render a series straight from its files, to look at: nothing is kept, and no database is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.find_article import article_in_content
from pipeline.actions.plan_series import read_series
from pipeline.actions.publish_notices import require_notice
from pipeline.actions.render_series import render_unsaved
from pipeline.actions.write_message import links
from pipeline.core.content.article import Finding
from pipeline.core.home_zone import HOME_ZONE
from pipeline.core.message.context import long_date, refuse_slots
from pipeline.core.message.slots import compile_parts
from pipeline.core.series import plan
from pipeline.core.series.issue import IssueContent

NOBODY = bytes(16)  # in place of a uid; the links of a preview open nothing (S-22)
SAMPLE_ADDRESS = "reader@example.test"


@dataclass(frozen=True, slots=True)
class PreviewedIssue:
    """One issue as a reader would see it. `subject` is in `content`."""

    content: IssueContent
    html: str
    text: str
    findings: tuple[Finding, ...]


def preview_series(name: str, now: datetime, *, keep_slots: bool = False) -> list[PreviewedIssue]:
    """Render every issue of a series, by slug or file, with its article from `content/articles/`.

    The slots are filled for a made-up reader, or left open with `keep_slots`. Raises BadInput that names the file and
    the line, NotFound for an unknown series.
    """
    file = read_series(name)
    article = article_in_content(file.plan.article, file.place, file.line_of("article"))
    said = (article.title, article.sections, article.faq, article.references, article.disclaimer)
    refuse_slots(said, f"content/articles/{file.plan.article}.md")
    plan.validate(file.plan, article, name=file.place, source=file.source)
    title = require_notice(file.plan.purpose, file.place, file.line_of("purpose")).title
    values = {
        **links(True, NOBODY, NOBODY),
        "address": SAMPLE_ADDRESS,
        "greeting": "Hello,",
        "signed_up_on": long_date(now.astimezone(HOME_ZONE).date()) or "",
    }
    previewed = []
    for content, letter, findings in render_unsaved(file.plan, article, title):
        html, text = (letter.html, letter.text) if keep_slots else compile_parts(letter).fill(values)
        previewed.append(PreviewedIssue(content, html, text, findings))
    return previewed
