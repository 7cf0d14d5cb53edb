"""Feeds that are read on a schedule, and what each of their entries brought last."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Count, F

from pipeline.core.content.intake import Intake
from pipeline.store import models


@dataclass(frozen=True, slots=True)
class StoredFeed:
    id: int
    name: str
    url: str
    every_hours: int
    paused: bool
    etag: str
    modified: str
    next_at: datetime
    fetched_at: datetime | None
    failures: int
    problem: str


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """`digest` is empty where it was refused; `problem` says why."""

    title: str
    url: str
    digest: str
    slug: str
    outcome: Intake
    problem: str
    seen_at: datetime


def add(name: str, url: str, every_hours: int, now: datetime) -> bool:
    """False where the name or the address is taken."""
    if models.Feed.objects.filter(name=name).exists() or models.Feed.objects.filter(url=url).exists():
        return False
    models.Feed.objects.create(name=name, url=url, every_hours=every_hours, next_at=now, created_at=now)
    return True


def find(name: str) -> StoredFeed | None:
    row = models.Feed.objects.filter(name=name).first()
    return _stored(row) if row else None


def every() -> list[StoredFeed]:
    """All of them, by name."""
    return [_stored(row) for row in models.Feed.objects.order_by("name")]


def any_due(now: datetime) -> bool:
    return models.Feed.objects.filter(paused=False, next_at__lte=now).exists()


def due(now: datetime) -> list[StoredFeed]:
    return [
        _stored(row) for row in models.Feed.objects.filter(paused=False, next_at__lte=now).order_by("next_at")
    ]


def claim(feed: StoredFeed, until: datetime) -> bool:
    """Take a feed for this time. False where somebody else took it, or it was removed."""
    return bool(models.Feed.objects.filter(pk=feed.id, next_at=feed.next_at).update(next_at=until))


def read(feed: StoredFeed, etag: str, modified: str, now: datetime, told: str = "") -> None:
    """It was read whole. `told` is what a person should know of it all the same."""
    models.Feed.objects.filter(pk=feed.id).update(
        etag=etag,
        modified=modified,
        fetched_at=now,
        next_at=now + timedelta(hours=feed.every_hours),
        failures=0,
        problem=told,
    )


def failed(feed: StoredFeed, problem: str, next_at: datetime) -> None:
    """It could not be read. What it brought before stays."""
    models.Feed.objects.filter(pk=feed.id).update(
        failures=F("failures") + 1, problem=problem, next_at=next_at
    )


def set_paused(name: str, paused: bool, now: datetime) -> bool:
    """False where there is no such feed. One that goes on is read at once."""
    changes = {"paused": paused} if paused else {"paused": paused, "next_at": now}
    return bool(models.Feed.objects.filter(name=name).update(**changes))


def set_due(feed: StoredFeed, now: datetime) -> bool:
    """False where it is paused or was removed."""
    return bool(models.Feed.objects.filter(pk=feed.id, paused=False).update(next_at=now))


def remove(name: str) -> bool:
    """Forget a feed and its entries; the articles that it brought stay."""
    return bool(models.Feed.objects.filter(name=name).delete()[0])


def entry(feed: StoredFeed, key: str) -> StoredEntry | None:
    row = models.FeedEntry.objects.filter(feed_id=feed.id, key_sha256=_key(key)).first()
    return _entry(row) if row else None


def entries(feed: StoredFeed) -> list[StoredEntry]:
    """Those that were seen last come first."""
    return [
        _entry(row) for row in models.FeedEntry.objects.filter(feed_id=feed.id).order_by("-seen_at", "id")
    ]


def counts() -> dict[int, Counter[Intake]]:
    """Of each feed by its id, how many of its articles had which outcome."""
    found: dict[int, Counter[Intake]] = {}
    rows = models.FeedEntry.objects.values_list("feed_id", "outcome").annotate(number=Count("id"))
    for feed_id, outcome, number in rows:
        found.setdefault(feed_id, Counter())[Intake(outcome)] += number
    return found


def remember(feed: StoredFeed, key: str, seen: StoredEntry) -> None:
    models.FeedEntry.objects.update_or_create(
        feed_id=feed.id,
        key_sha256=_key(key),
        defaults={
            "title": seen.title[:300],
            "url": seen.url,
            "digest": seen.digest,
            "slug": seen.slug,
            "outcome": seen.outcome.value,
            "problem": seen.problem,
            "seen_at": seen.seen_at,
        },
    )


def _key(key: str) -> bytes:
    return sha256(key.encode()).digest()


def _stored(row: models.Feed) -> StoredFeed:
    return StoredFeed(
        row.pk,
        row.name,
        row.url,
        row.every_hours,
        row.paused,
        row.etag,
        row.modified,
        row.next_at,
        row.fetched_at,
        row.failures,
        row.problem,
    )


def _entry(row: models.FeedEntry) -> StoredEntry:
    return StoredEntry(
        row.title, row.url, row.digest, row.slug, Intake(row.outcome), row.problem, row.seen_at
    )
