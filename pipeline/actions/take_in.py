"""Take an article from a feed in: as a draft, beside the one that is here, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipeline.actions.import_article import articles_folder, checked, digest_of
from pipeline.core.content.article import Reading
from pipeline.core.content.importers import read
from pipeline.core.content.importers.many import Entry
from pipeline.core.content.intake import Intake, decide
from pipeline.core.content.markdown_writer import write
from pipeline.core.editorial.approval import ApprovalState
from pipeline.core.errors import BadInput
from pipeline.gateways.files import read_source, write_whole
from pipeline.settings import current
from pipeline.store import articles, feeds
from pipeline.store.feeds import StoredEntry, StoredFeed

INCOMING = "incoming"  # the folder in the content folder for what an editor must compare


def take_in(feed: StoredFeed, entry: Entry, now: datetime, *, as_known: bool = False) -> StoredEntry:
    """Decide, keep, remember; the answer's `outcome` is that of this time. `as_known`: it is only remembered, so that
    a later change is noticed.

    Files are written before rows: whoever is interrupted between the two finds the same file the next time.
    """
    before = feeds.entry(feed, entry.key)
    if isinstance(entry.outcome, BadInput):
        seen = _refused(entry, before, str(entry.outcome), now)
    else:
        seen = _taken(feed, entry, entry.outcome, before, now, as_known=as_known)
    unchanged = before is not None and seen.outcome is Intake.UNCHANGED
    # What was said of it when it came is worth more than that nothing has changed since.
    feeds.remember(feed, entry.key, replace(before, seen_at=now) if before and unchanged else seen)
    return seen


def is_known(feed: StoredFeed, entry: Entry) -> bool:
    """Whether what the entry says has been seen: nothing would be made of it."""
    before = feeds.entry(feed, entry.key)
    if before is None or isinstance(entry.outcome, BadInput):
        return before is not None
    return before.digest == digest_of(entry.outcome)


def _refused(entry: Entry, before: StoredEntry | None, why: str, now: datetime) -> StoredEntry:
    """What it brought earlier stays known."""
    known = before or StoredEntry(entry.title, entry.url or "", "", "", Intake.REFUSED, "", now)
    return replace(known, outcome=Intake.REFUSED, problem=why, seen_at=now)


def _taken(
    feed: StoredFeed,
    entry: Entry,
    reading: Reading,
    before: StoredEntry | None,
    now: datetime,
    *,
    as_known: bool,
) -> StoredEntry:
    article, digest = reading.article, digest_of(reading)
    given, kept = before.digest if before else "", _digest_here(article.slug)
    state = articles.standing_of(article.slug, now.date()).state
    outcome = decide(digest, given=given, kept=kept, with_clinician=state is not ApprovalState.DRAFT)
    seen = StoredEntry(article.title, entry.url or "", digest, article.slug, outcome, "", now)
    if as_known:
        return replace(seen, outcome=Intake.UNCHANGED)
    if outcome is Intake.PUT_ASIDE:
        return replace(seen, problem=_put_aside(feed, reading))
    if outcome is not Intake.UNCHANGED:
        write_whole(articles_folder() / f"{article.slug}.md", write(article))
    if outcome is not Intake.UNCHANGED or kept == digest:
        findings = checked(reading).findings
        articles.save_revision(article, digest, findings, f"feed {feed.name}", now)
    return seen


def _put_aside(feed: StoredFeed, reading: Reading) -> str:
    """Keep it for an editor to compare. Returns the sentence that says so."""
    name = f"{reading.article.slug}.{feed.name}.md"
    write_whole(current().content_dir / INCOMING / name, write(reading.article))
    return (
        f"The article here was edited, approved or taken out, so this one was put into content/{INCOMING}/{name}."
        " Compare the two, and import the one that should stand."
    )


def _digest_here(slug: str) -> str:
    """Of the article file of this name; empty where there is none, and never equal where it cannot be read."""
    path = articles_folder() / f"{slug}.md"
    if not path.exists():
        return ""
    try:
        return digest_of(read(path.name, read_source(path)))
    except BadInput:
        return "unreadable"
