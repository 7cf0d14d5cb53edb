"""Read a feed from now on, and take in what it has."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice

from pipeline.actions.fetch_feeds import FedIn, entries_of, fetch_feed
from pipeline.actions.take_in import take_in
from pipeline.core.content.intake import Intake
from pipeline.core.content.origin import origin_of
from pipeline.core.errors import BadInput, Refused
from pipeline.gateways.fetch import fetch
from pipeline.gateways.queue import Job, ring
from pipeline.store import feeds

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_NAME = 60
HOURS = (1, 24 * 14)
QUICK = 2 * 1024 * 1024  # bytes of a feed whose entries are noted while a page waits


def follow_feed(
    name: str, url: str, every_hours: int, now: datetime, *, only_new: bool = False, by_worker: bool = False
) -> FedIn:
    """Keep the feed and take its articles in; with `only_new` those that it has today are only remembered.
    `by_worker`: a page waits for the answer, and so a worker takes them in.

    Raises BadInput or Unavailable where the address holds no feed, Refused where name or address are taken. Nothing is
    kept then.
    """
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise BadInput(
            "The name of a feed is small letters, digits and hyphens, at most 60.",
            place=name[:80],
            field="name",
        )
    if not HOURS[0] <= every_hours <= HOURS[1]:
        raise BadInput("A feed is read every 1 to 336 hours.", place=name, field="every")
    address = origin_of(url).url
    page = fetch(address)
    if by_worker and only_new and page and len(page.body) > QUICK:
        raise Refused(
            f"The feed is larger than {QUICK // 1024**2} MB, which takes longer than a page may. Follow it with what"
            " it has today, or ask whoever runs the server: rounds feeds add NAME URL --only-new"
        )
    entries = entries_of(address, page.body) if page else iter(())
    found = list(entries) if only_new else list(islice(entries, 1))
    if not feeds.add(name, address, every_hours, now):
        raise Refused(
            f"There is a feed {name!r} already, or one with this address. Look at it, or give this one another name."
        )
    feed = feeds.find(name)
    if feed is None or page is None:
        raise Refused(f"The feed {name!r} was removed while it was added. Add it again.")
    counts = dict.fromkeys(Intake, 0)
    if by_worker and not only_new:
        ring(Job.FEEDS)
        return FedIn(name, counts, ())
    if not only_new:
        return fetch_feed(feed, now)
    for entry in found:
        seen = take_in(feed, entry, now, as_known=True)
        counts[Intake.REFUSED if seen.outcome is Intake.REFUSED else Intake.UNCHANGED] += 1
    feeds.read(feed, page.etag, page.modified, now)
    return FedIn(name, counts, ())
