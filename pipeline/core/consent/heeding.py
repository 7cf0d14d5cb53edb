"""How soon a no takes effect, and the limits for that (standards U-16).

The law and the mailbox providers give hours and days: Google 48 hours, Yahoo two days, CAN-SPAM and CASL ten working
days, the ICO "as soon as you can". Ours are seconds. A no is received when our side has it: the request for a page, or
the moment at which the host of the mailbox took a mail. It is effective when it is committed to the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from pipeline.core.consent.entry import EventKind, Method

TARGET = timedelta(seconds=60)  # of 99 in 100
OUTER_LIMIT = timedelta(hours=48)
WINDOW = timedelta(days=1)

# What people say themselves. What a member writes down for them has its clock in `rights.py`.
NOES = frozenset(
    {
        EventKind.CONSENT_REFUSED,
        EventKind.CONSENT_WITHDRAWN,
        EventKind.OBJECTION_RECORDED,
        EventKind.TRACKING_CONSENT_WITHDRAWN,
        EventKind.COMPLAINT_FBL,
        EventKind.ERASURE_RECEIVED,
    }
)


class Door(StrEnum):
    """By what kind of door a no came: a request that we answer, or a mail that we fetch."""

    WEB = "web"
    MAIL = "mail"


DOORS: Mapping[Method, Door] = MappingProxyType(
    {
        Method.ONE_CLICK_POST: Door.WEB,
        Method.UNSUBSCRIBE_PAGE: Door.WEB,
        Method.PREFERENCE_PAGE: Door.WEB,
        Method.NOT_ME_POST: Door.WEB,
        Method.ADDRESS_PAGE: Door.WEB,
        Method.ERASURE: Door.WEB,
        Method.MAILTO: Door.MAIL,
        Method.REPLY: Door.MAIL,
        Method.FBL: Door.MAIL,
    }
)


@dataclass(frozen=True, slots=True)
class Delays:
    """From received to effective, of `count` noes; all zero where there were none."""

    count: int = 0
    p50: timedelta = timedelta(0)
    p99: timedelta = timedelta(0)
    longest: timedelta = timedelta(0)


class Place(StrEnum):
    """Where a no can be that has not taken effect."""

    DISK = "disk"  # pressed while PostgreSQL was away
    LAID_ASIDE = "laid_aside"  # one of those, which nobody could read or apply
    MAILBOX = "mailbox"  # in mail that cannot be fetched: it may hold one
    DESK = "desk"  # came by letter, and nobody knows yet whose it is


@dataclass(frozen=True, slots=True)
class Unheeded:
    """Since when something waits there; for the mailbox, since when it cannot be opened."""

    place: Place
    since: datetime


_WHAT_TO_DO: Mapping[Place, str] = MappingProxyType(
    {
        Place.DISK: "A goodbye is kept on the disk, and cannot be recorded. Look for goodbyes.wait in the log, and"
        " mend the database or the rights on the folder spool/ in the data folder",
        Place.LAID_ASIDE: "Goodbyes that could not be read lie in spool/damaged-* in the data folder. Unsubscribe whose"
        " they are by hand, and then delete the file",
        Place.MAILBOX: "The mailbox of reports cannot be opened, and goodbyes may wait in it. Mend it, or read it"
        " yourself",
        Place.DESK: "Somebody said no by letter, and nobody has found out who it is. See the requests in the studio",
    }
)


def too_slow(delays: Delays) -> str | None:
    """What to tell a person whose noes take too long as a rule; None where all is well."""
    if delays.p99 <= TARGET:
        return None
    return (
        f"Of the {delays.count:,} who said no in the last day, one in a hundred waited longer than"
        f" {_in_words(delays.p99)} until it took effect, the last of them {_in_words(delays.longest)}; it should be a"
        " minute at most. See `rounds consent heeded`, and what was away: the database, or the mailbox of reports."
        " After a restored backup it counts what that had forgotten."
    )


def too_long(waiting: Iterable[Unheeded], now: datetime) -> Mapping[Place, str]:
    """For each place in which something waits past the outer limit: what to tell a person."""
    oldest: dict[Place, datetime] = {}
    for one in waiting:
        oldest[one.place] = min(one.since, oldest.get(one.place, one.since))
    return {
        place: f"{_WHAT_TO_DO[place]}. It has been so for {_in_words(now - since)}; providers allow 48 hours."
        for place, since in oldest.items()
        if now - since > OUTER_LIMIT
    }


def _in_words(span: timedelta) -> str:
    seconds = span.total_seconds()
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}s"
    return f"{seconds:.0f} seconds"
