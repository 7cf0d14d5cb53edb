"""Find, read soon, pause, resume and remove the feeds that are read on a schedule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches

from pipeline.core.content.intake import Intake
from pipeline.core.errors import NotFound, Refused
from pipeline.gateways.queue import Job, ring
from pipeline.store import feeds
from pipeline.store.feeds import StoredEntry, StoredFeed


def list_feeds() -> list[StoredFeed]:
    return feeds.every()


def count_entries() -> Mapping[int, Counter[Intake]]:
    """Of each feed by its id, how many of its articles had which outcome."""
    return feeds.counts()


def find_feed(name: str) -> tuple[StoredFeed, list[StoredEntry]]:
    """A feed and what it brought. Raises NotFound with the closest name there is."""
    feed = feeds.find(name)
    if feed is None:
        raise _unknown(name)
    return feed, feeds.entries(feed)


def pause_feed(name: str, now: datetime) -> None:
    if not feeds.set_paused(name, True, now):
        raise _unknown(name)


def resume_feed(name: str, now: datetime) -> None:
    """A worker reads it at once."""
    if not feeds.set_paused(name, False, now):
        raise _unknown(name)
    ring(Job.FEEDS)


def read_soon(name: str, now: datetime) -> None:
    """A worker reads it at once, and not when its hour comes. Raises Refused for one that is paused."""
    feed, _ = find_feed(name)
    if not feeds.set_due(feed, now):
        raise Refused(f"The feed {name!r} is stopped. Start it again: then it is read at once.")
    ring(Job.FEEDS)


def remove_feed(name: str) -> None:
    """The articles that it brought stay."""
    if not feeds.remove(name):
        raise _unknown(name)


def _unknown(name: str) -> NotFound:
    names = [feed.name for feed in feeds.every()]
    if close := get_close_matches(name, names, n=1):
        return NotFound(f"There is no feed {name!r}. Did you mean {close[0]!r}?")
    return NotFound(
        f"There is no feed {name!r}. {'Known: ' + ', '.join(names) if names else 'None is read yet'}."
    )
