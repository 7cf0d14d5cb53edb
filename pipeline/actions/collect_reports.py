"""Read the reports that wait in a mailbox or a Maildir, one by one, and take each away once it is committed (B-01)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError, transaction

from pipeline.actions.record_feedback import Recorded, record_feedback
from pipeline.core.errors import Unavailable
from pipeline.core.feedback.received import received_at
from pipeline.core.feedback.report import Heard, Ignored, Quarantined, read_report
from pipeline.gateways import mailbox
from pipeline.gateways.keys import keyring
from pipeline.settings import current
from pipeline.store import alerts, feedback, locks

EVERY = 30.0  # seconds between two looks into the mailbox
AFTER_TROUBLE = 300.0  # seconds more, when it could not be opened
MOST = 500  # messages in one go
SECONDS = 20.0  # that one go takes at most; what is left waits for the next

log = structlog.get_logger()
_last_look: dict[str, float] = {}


@dataclass(slots=True)
class Collected:
    """What came of one go: how many messages were kept, known, nobody, ignored, quarantined or poison."""

    counts: Counter[str] = field(default_factory=Counter)


def collect_if_due(now: datetime) -> None:
    """For the tick: look into the mailbox now and then, if there is one. A mailbox that is away is told of."""
    settings = current()
    if settings.bounce_mailbox is None and settings.bounce_maildir is None:
        return
    if time.monotonic() - _last_look.get("", float("-inf")) < EVERY:
        return
    _last_look[""] = time.monotonic()
    try:
        collect_reports(now)
    except Unavailable as error:
        _last_look[""] += AFTER_TROUBLE
        log.warning("reports.unavailable")
        alerts.raised(
            "reports", "mailbox", f"{error} Bounces and complaints are not heard until it is mended.", now
        )
    else:
        alerts.cleared(["reports"], "mailbox", now)


def collect_reports(now: datetime) -> Collected:
    """Read what waits, from every source that is set. One at a time: a second caller leaves at once.

    Raises Unavailable for a mailbox that cannot be opened. A message that makes a mistake of ours come to light is laid
    aside, so that the rest is read; a database that is away leaves everything where it is.
    """
    collected = Collected()
    until = time.monotonic() + SECONDS
    with locks.only_one("reports") as mine:
        if not mine:
            return collected
        for name, source in _sources():
            with source as box:
                for message in box.waiting(MOST):
                    outcome = _read(message.raw, name, now, received=message.received)
                    collected.counts[outcome] += 1
                    box.aside(message.name) if outcome in ("quarantined", "poison") else box.done(
                        message.name
                    )
                    if time.monotonic() > until:
                        break
    return collected


def read_one(raw: bytes, now: datetime, recipient: str = "") -> str:
    """One report, as a mail system pipes it in. Gives what came of it, in a word."""
    return _read(raw, "pipe", now, recipient)


def _sources() -> Iterator[tuple[str, AbstractContextManager[mailbox.Source]]]:
    settings = current()
    if settings.bounce_maildir is not None:
        yield "maildir", _as_it_is(mailbox.Maildir(settings.bounce_maildir))
    if settings.bounce_mailbox is not None:
        yield settings.bounce_mailbox.protocol.value, mailbox.opened(settings.bounce_mailbox)


@contextmanager
def _as_it_is(source: mailbox.Source) -> Iterator[mailbox.Source]:
    yield source


def _read(
    raw: bytes, source: str, now: datetime, recipient: str = "", received: datetime | None = None
) -> str:
    try:
        return _recorded(raw, source, now, recipient, received)
    except (OperationalError, InterfaceError):
        raise  # nothing is committed, and nothing is taken away
    except Exception:
        log.exception("report.poison", octets=len(raw))
        feedback.lay_aside(raw, source, "reading it failed; the log says how", now)
        return "poison"


def _recorded(raw: bytes, source: str, now: datetime, recipient: str, received: datetime | None) -> str:
    reading = read_report(raw, keyring(), recipient, current().return_path_domain)
    with transaction.atomic():
        match reading:
            case Ignored():
                return "ignored"
            case Quarantined(why):
                feedback.lay_aside(raw, source, why, now)
                return "quarantined"
            case Heard(event):
                ours = replace(event, received_at=received_at(received, event.received_at, now))
                recorded = record_feedback(ours, now)
                if recorded is Recorded.NOBODY:
                    feedback.lay_aside(raw, source, "it is about a message that is not here any more", now)
                    return "quarantined"
                return recorded.value
