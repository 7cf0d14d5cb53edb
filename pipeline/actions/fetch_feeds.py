"""Read the feeds that are due. A new or changed article becomes a draft, and never a campaign."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf

import structlog
from django.db import DataError

from pipeline.actions.take_in import is_known, take_in
from pipeline.core.content.importers.many import Entry, holds_many, read_many
from pipeline.core.content.intake import Intake
from pipeline.core.errors import BadInput, RoundsError
from pipeline.gateways.fetch import fetch
from pipeline.gateways.queue import OutOfTime, stopping
from pipeline.store import alerts, feeds, locks
from pipeline.store.feeds import StoredEntry, StoredFeed

LEASE = timedelta(minutes=10)  # after which another worker may take a feed whose reader died
MOST_AT_ONCE = (
    50  # drafts that one reading of a feed makes; a site that opens its archive fills no desk overnight
)
SILENT_AFTER = 3  # failures in a row of which a person is told
ALERT = "feed"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class FedIn:
    """What one reading of a feed brought. `told` holds what a person should look at: put aside, refused.

    `waiting` counts what is new or changed and comes with the next readings, since one brings `MOST_AT_ONCE` drafts.
    """

    name: str
    counts: Mapping[Intake, int]
    told: tuple[StoredEntry, ...]
    waiting: int = 0


def fetch_due_feeds(now: datetime, *, seconds: float = inf) -> int:
    """Read each feed whose time has come, until this process is to stop; after `seconds` no other is begun, and each
    takes half a minute at most. Returns how many could be read; a failure waits and is told of.
    """
    ends, done = time.monotonic() + seconds, 0
    for feed in feeds.due(now):
        if stopping() or time.monotonic() > ends:
            break
        with locks.only_one(f"feed {feed.id}") as mine:  # also where somebody asked for it while it is read
            if not mine or not feeds.claim(feed, now + LEASE):
                continue
            try:
                done += _fetched(feed, now)
            except OutOfTime:
                _put_off(feed, "The feed took longer to read than a worker may take.", now)
                break  # the others are due at the next tick, and this one comes after them
    return done


def _fetched(feed: StoredFeed, now: datetime) -> bool:
    try:
        fetch_feed(feed, now)
    except RoundsError as error:
        _put_off(feed, str(error), now)
    except (ValueError, OverflowError, DataError) as error:  # what no reader of ours foresaw
        log.exception("feed.broke", feed=feed.id)
        _put_off(feed, f"The feed holds something that cannot be read ({type(error).__name__}).", now)
    else:
        return True
    return False


def fetch_feed(feed: StoredFeed, now: datetime) -> FedIn:
    """Read one feed. Raises BadInput or Unavailable where it cannot be read; what was taken in before that stays."""
    page = fetch(feed.url, etag=feed.etag, modified=feed.modified)
    counts = dict.fromkeys(Intake, 0)
    told: list[StoredEntry] = []
    waiting = 0
    for entry in entries_of(feed.url, page.body) if page else ():
        if sum(counts[made] for made in (Intake.NEW, Intake.CHANGED, Intake.PUT_ASIDE)) >= MOST_AT_ONCE:
            waiting += not is_known(feed, entry)
            continue
        seen = _taken(feed, entry, now)
        counts[seen.outcome] += 1
        if seen.problem:
            told.append(seen)
    seen_before = (page.etag, page.modified) if page else (feed.etag, feed.modified)
    # Where some wait, the server must not answer next time that nothing has changed.
    etag, modified = ("", "") if waiting else seen_before
    feeds.read(feed, etag, modified, now, waits(waiting) if waiting else "")
    alerts.cleared([ALERT], feed.name, now)
    log.info(
        "feed.read", feed=feed.id, new=counts[Intake.NEW], changed=counts[Intake.CHANGED], waiting=waiting
    )
    return FedIn(feed.name, counts, tuple(told), waiting)


def waits(count: int) -> str:
    what = "1 more is" if count == 1 else f"{count:,} more are"
    return f"{what} new or changed: one reading brings {MOST_AT_ONCE} drafts, and the next brings those."


def _taken(feed: StoredFeed, entry: Entry, now: datetime) -> StoredEntry:
    """One entry that holds what nobody foresaw loses no other."""
    try:
        return take_in(feed, entry, now)
    except (ValueError, OverflowError, DataError) as error:
        log.exception("feed.entry_broke", feed=feed.id)
        why = f"The entry holds something that cannot be kept ({type(error).__name__}). Import its page instead."
        return StoredEntry(entry.title, entry.url or "", "", "", Intake.REFUSED, why, now)


def entries_of(address: str, body: bytes) -> Iterator[Entry]:
    """The entries of a feed. Raises BadInput for what is no feed."""
    if not holds_many(body[:4096]):
        raise BadInput(
            "This is no feed. Look for the address of the RSS or Atom feed of the site, or import the page itself"
            " with rounds import.",
            place=address,
        )
    yield from read_many(address, io.BytesIO(body))


def _put_off(feed: StoredFeed, problem: str, now: datetime) -> None:
    """Try again sooner than the schedule says, then ever later, at most a day."""
    wait = min(timedelta(minutes=30) * 2 ** min(feed.failures, 6), timedelta(hours=max(24, feed.every_hours)))
    feeds.failed(feed, problem, now + wait)
    log.warning("feed.not_read", feed=feed.id, failures=feed.failures + 1)
    if feed.failures + 1 >= SILENT_AFTER:
        alerts.raised(
            ALERT,
            feed.name,
            f"The feed {feed.name} could not be read {feed.failures + 1} times in a row: {problem}",
            now,
        )
