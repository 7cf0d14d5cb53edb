"""Render a series straight from its files, to look at: nothing is kept, and no database is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from pipeline.actions.find_article import article_in_content
from pipeline.actions.plan_series import series_path
from pipeline.actions.publish_notices import read_notices
from pipeline.actions.render_series import render_unsaved
from pipeline.actions.write_message import links
from pipeline.core.content.article import Finding
from pipeline.core.errors import BadInput, NotFound
from pipeline.core.message.context import long_date
from pipeline.core.message.slots import compile_parts
from pipeline.core.series import plan, series_file
from pipeline.core.series.issue import IssueContent, SeriesPlan
from pipeline.gateways.files import read_source
from pipeline.settings import current

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
    wanted, place, source = _read_series(name)
    article = article_in_content(wanted.article, place, series_file.line_of(source, 0, "article"))
    plan.validate(wanted, article, name=place, source=source)
    title = _list_title(wanted.purpose, place, source)
    values = {
        **links(True, NOBODY, NOBODY),
        "address": SAMPLE_ADDRESS,
        "greeting": "Hello,",
        "signed_up_on": long_date(now.date()) or "",
    }
    previewed = []
    for content, letter, findings in render_unsaved(wanted, article, title):
        html, text = (letter.html, letter.text) if keep_slots else compile_parts(letter).fill(values)
        previewed.append(PreviewedIssue(content, html, text, findings))
    return previewed


def _read_series(name: str) -> tuple[SeriesPlan, str, bytes]:
    """The plan, what to call its file in a sentence, and its bytes."""
    path = series_path(name)
    place = name if name.endswith(".toml") else f"content/series/{name}.toml"
    if not path.exists():
        known = sorted(p.stem for p in (current().content_dir / "series").glob("*.toml"))
        close = get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known) or 'none'}."
        raise NotFound(f"{place}: there is no such series. {hint}")
    source = read_source(path)
    return series_file.read(place, source), place, source


def _list_title(purpose: str, place: str, source: bytes) -> str:
    titles = {notice.purpose: notice.title for _, notice in read_notices()}
    if purpose not in titles:
        known = ", ".join(sorted(titles)) or "none: content/notices/ is empty"
        message = f"No notice is for the purpose {purpose!r}. Known: {known}."
        raise BadInput(message, place=place, line=series_file.line_of(source, 0, "purpose"))
    return titles[purpose]
