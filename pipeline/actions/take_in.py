"""Take an article from a feed in: as a draft, beside the one that is here, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipeline.actions.import_article import digest_of, measured
from pipeline.actions.make_draft import make_draft
from pipeline.core.content.article import Reading
from pipeline.core.content.importers.many import Entry
from pipeline.core.content.intake import Intake
from pipeline.core.errors import BadInput
from pipeline.store import feeds
from pipeline.store.feeds import StoredEntry, StoredFeed


def take_in(feed: StoredFeed, entry: Entry, now: datetime, *, as_known: bool = False) -> StoredEntry:
    """Decide, keep, remember; the answer's `outcome` is that of this time. `as_known`: it is only remembered, so that
    a later change is noticed.
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
    return before.digest == digest_of(measured(entry.outcome))


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
    article, digest = reading.article, digest_of(measured(reading))
    seen = StoredEntry(article.title, entry.url or "", digest, article.slug, Intake.UNCHANGED, "", now)
    if as_known:
        return seen
    given = before.digest if before else ""
    outcome, problem = make_draft(reading, given, f"feed {feed.name}", feed.name, now)
    return replace(seen, outcome=outcome, problem=problem)
