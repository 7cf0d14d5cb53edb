"""What the scheduler asks for every few seconds. Every step may run twice, or never: the next tick repairs both."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

import structlog
from django.db import DatabaseError

from pipeline.actions.carry_out_answers import carry_out_answers
from pipeline.actions.check_clock import clock_refusal
from pipeline.actions.check_fence import check_fence
from pipeline.actions.check_secret import secret_refused
from pipeline.actions.check_signing import check_signing
from pipeline.actions.collect_reports import collect_if_due
from pipeline.actions.expire_confirmations import expire_confirmations
from pipeline.actions.hear_refusals import hear_refusals
from pipeline.actions.measure_noes import watch_noes
from pipeline.actions.open_due import WORTH_SENDING, open_due
from pipeline.actions.put_away import put_away
from pipeline.actions.renew_consents import renew_consents
from pipeline.actions.replay_goodbyes import replay_goodbyes
from pipeline.actions.rescue_stalled import rescue_stalled
from pipeline.actions.resolve_unknown import resolve_unknown
from pipeline.actions.seal_ledger import seal_if_due
from pipeline.actions.tell_owner import tell_owner
from pipeline.actions.tidy_imports import tidy_imports
from pipeline.actions.tidy_self_service import tidy_self_service
from pipeline.actions.tidy_senders import tidy_senders
from pipeline.actions.tidy_sign_ups import forget_sign_ups, watch_sign_ups
from pipeline.actions.watch_campaigns import watch_campaigns
from pipeline.actions.watch_requests import watch_requests
from pipeline.actions.watch_reviews import watch_reviews
from pipeline.core.errors import RoundsError
from pipeline.gateways.queue import Job, ring
from pipeline.store import deliveries, feeds, instance, list_imports, locks, periods, sending

log = structlog.get_logger()


def tick(now: datetime, *, bell: bool = True) -> None:
    """Rescue, resolve, expire, open, close; then ring for a sender if anything is due, unless `bell` is false.

    One tick at a time: a second one, from another scheduler or a slow predecessor, leaves at once. A process whose
    secret does not fit the database, or not any more, does nothing: it could read no link, and sign no seal.
    """
    if secret_refused(now):
        return
    _seal()
    with locks.only_one("tick") as mine:
        if not mine:
            return
        _apply_goodbyes(now)
        tidy_imports(now)
        if clock_refusal():
            return  # by this clock nothing is due, late or old: another machine's tick does the work
        periods.prepare(now)
        check_fence(now)
        if instance.read().needs_confirm:
            return  # an older copy: what it thinks is still to be opened may have been sent
        tell_owner(now)
        check_signing(now)
        rescue_stalled(now)
        resolve_unknown(now)
        expire_confirmations(now)
        watch_sign_ups(now)
        _once_an_hour(now.replace(minute=0, second=0, microsecond=0))
        renew_consents(now)
        carry_out_answers(now)
        deliveries.cancel_stranded()
        deliveries.expire_overdue(now, WORTH_SENDING)
        open_due(now)
        watch_campaigns(now)
        tidy_senders()
    if bell and sending.anything_due(now):
        ring(Job.DRAIN)
    if bell and list_imports.work_waits():
        ring(Job.IMPORT)
    if bell and feeds.any_due(now):
        ring(Job.FEEDS)
    hear_refusals(now)
    collect_if_due(now)
    watch_requests(now)
    _once_a_minute(now.replace(second=0, microsecond=0))
    _once_a_day(now.date())


def _seal() -> None:
    """Whatever may or may not be sent. And whatever is wrong with the seals, everything else goes on."""
    try:
        seal_if_due()
    except (DatabaseError, RoundsError, MemoryError):
        log.exception("ledger.not_sealed")


def _apply_goodbyes(now: datetime) -> None:
    """Until all are applied no sender of this host begins; but what else a tick does goes on."""
    try:
        replay_goodbyes(now)
    except (DatabaseError, OSError):
        log.exception("goodbyes.wait")


@lru_cache(maxsize=1)
def _once_a_minute(minute: datetime) -> None:
    """By each process that ticks: what waits on the disk is a thing of its own host."""
    watch_noes(minute)


@lru_cache(maxsize=1)
def _once_an_hour(hour: datetime) -> None:
    """By each process that ticks."""
    forget_sign_ups(hour)
    watch_reviews(hour)


@lru_cache(maxsize=1)
def _once_a_day(day: date) -> None:
    """By each process that ticks, last and outside the lock: nothing that sends has to wait for it."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    put_away(midnight)
    tidy_self_service(midnight)
