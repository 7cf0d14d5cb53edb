"""Render a series straight from its files, to look at: nothing is kept, and no database is asked."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.actions.find_article import article_in_content
from pipeline.actions.plan_series import read_series
from pipeline.actions.publish_notices import require_notice
from pipeline.actions.render_series import render_issue, render_unsaved
from pipeline.actions.write_message import links
from pipeline.core.content.article import Finding
from pipeline.core.home_zone import HOME_ZONE
from pipeline.core.message.context import long_date
from pipeline.core.message.kit_sample import kit_issue, kit_picture
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.message.slot_words import refuse_slots
from pipeline.core.message.slots import compile_parts
from pipeline.core.series import plan
from pipeline.core.series.issue import IssueContent
from pipeline.gateways.files import write_bytes
from pipeline.gateways.pictures import picture_by_digest
from pipeline.settings import current

_PICTURE = re.compile(r'src="(https?://[^"]+/images/(?=([0-9a-f]{64})\.)([0-9a-f]{64}\.\w{3}))"')
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
    rendered = render_unsaved(file.plan, article, title)
    return [_previewed(content, letter, found, now, keep_slots) for content, letter, found in rendered]


def preview_sample(now: datetime, *, keep_slots: bool = False) -> PreviewedIssue:
    """A made-up letter with every part of the kit, in the brand of this installation."""
    content = kit_issue()
    letter, findings = render_issue(content, "A list of yours")
    return _previewed(content, letter, findings, now, keep_slots)


def with_pictures_beside(html: str, folder: Path) -> str:
    """The letter with the pictures that it shows copied into `folder` and named there, for the eye: our site shows a
    picture only once its article is imported.
    """
    for address, digest, name in _PICTURE.findall(html):
        sample = kit_picture()
        data = sample if hashlib.sha256(sample).hexdigest() == digest else None
        data = data or picture_by_digest(current().content_dir, digest)
        if data is not None:
            write_bytes(folder / name, data)
            html = html.replace(address, name)
    return html


def _previewed(
    content: IssueContent,
    letter: RenderedLetter,
    findings: tuple[Finding, ...],
    now: datetime,
    keep_slots: bool,
) -> PreviewedIssue:
    values = {
        **links(True, NOBODY, NOBODY),
        "address": SAMPLE_ADDRESS,
        "greeting": "Hello,",
        "signed_up_on": long_date(now.astimezone(HOME_ZONE).date()) or "",
    }
    html, text = (letter.html, letter.text) if keep_slots else compile_parts(letter).fill(values)
    return PreviewedIssue(content, html, text, findings)
