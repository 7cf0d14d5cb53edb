"""Read a feed from now on, and take in what it has."""

from __future__ import annotations

import re
from datetime import datetime

from pipeline.actions.fetch_feeds import FedIn, entries_of, fetch_feed
from pipeline.actions.take_in import take_in
from pipeline.core.content.intake import Intake
from pipeline.core.content.origin import origin_of
from pipeline.core.errors import BadInput, Refused
from pipeline.gateways.fetch import fetch
from pipeline.store import feeds

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_NAME = 60
HOURS = (1, 24 * 14)


def follow_feed(name: str, url: str, every_hours: int, now: datetime, *, only_new: bool = False) -> FedIn:
    """Keep the feed and take its articles in; with `only_new` those that it has today are only remembered.

    Raises BadInput or Unavailable where the address holds no feed, Refused where name or address are taken. Nothing is
    kept then.
    """
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise BadInput(
            "The name of a feed is small letters, digits and hyphens, at most 60.", place=name[:80]
        )
    if not HOURS[0] <= every_hours <= HOURS[1]:
        raise BadInput("A feed is read every 1 to 336 hours.", place=name)
    address = origin_of(url).url
    page = fetch(address)
    found = list(entries_of(address, page.body)) if page else []
    if not feeds.add(name, address, every_hours, now):
        raise Refused(f"There is a feed {name!r} already, or one with this address. See: rounds feeds list")
    feed = feeds.find(name)
    if feed is None or page is None:
        raise Refused(f"The feed {name!r} was removed while it was added. Add it again.")
    if not only_new:
        return fetch_feed(feed, now)
    counts = dict.fromkeys(Intake, 0)
    for entry in found:
        seen = take_in(feed, entry, now, as_known=True)
        counts[Intake.REFUSED if seen.outcome is Intake.REFUSED else Intake.UNCHANGED] += 1
    feeds.read(feed, page.etag, page.modified, now)
    return FedIn(name, counts, ())
