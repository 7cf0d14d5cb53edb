"""Carry out what was decided about faults: at once, and by every tick until it is done (E-10)."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction

from pipeline.actions.hold_unapproved import hold_unapproved
from pipeline.core.delivery.campaign import Mode
from pipeline.core.delivery.lifecycle import Policy
from pipeline.core.editorial.faults import Fault
from pipeline.core.series.cadence import Cadence
from pipeline.store import campaigns, deliveries, faults
from pipeline.store.campaigns import NewMailing
from pipeline.store.faults import ToCarryOut

log = structlog.get_logger()


def carry_out_answers(now: datetime) -> int:
    """Returns how many it carried out. Each is one transaction, so that a crash leaves all of it or nothing, and of
    two that try one does it.

    A correction waits for what a sender holds of the faulty version or has on the wire: only then is it known who
    received it. Nothing more is claimed of it meanwhile.
    """
    return sum(_carry_out(each, now) for each in faults.to_carry_out())


def _carry_out(wanted: ToCarryOut, now: datetime) -> bool:
    with transaction.atomic():
        if wanted.kind == faults.CORRECTED and faults.in_hand(wanted.fault):
            return False
        if not faults.carried_out(wanted.answer_id, now):
            return False
        if wanted.kind == faults.CORRECTED:
            _correct(wanted.fault, wanted.answer_id, now)
        else:
            faults.call_back(wanted.fault)
    deliveries.cancel_stranded()  # what waits in mailings that have ended; the tick does both too
    hold_unapproved(now)
    log.info("fault.answered", fault=wanted.fault.id, answer=wanted.answer_id)
    return True


def _correct(fault: Fault, answer_id: int, now: datetime) -> None:
    faults.take_down(fault, answer_id)
    faults.settle_uncertain(fault)
    faults.put_right(fault, answer_id)
    for letter in faults.letters(fault, answer_id):
        today = now.astimezone(ZoneInfo(letter.home_zone))
        campaigns.create(
            _free_name(f"{letter.series}-correction-{fault.id}"),
            letter.series,
            letter.purpose,
            Mode.CALENDAR,
            Cadence(today.weekday(), time(today.hour, today.minute), letter.home_zone),
            letter.home_zone,
            Policy.DEFAULT.value,
            now,
            [NewMailing(letter.number, letter.revision_id, now, today.date(), fault.id)],
            now,
        )


def _free_name(base: str) -> str:
    """Somebody may have named a campaign so; a correction does not fail for it."""
    return next(n for n in (base, *(f"{base}-{i}" for i in range(2, 10_000))) if campaigns.by_name(n) is None)
