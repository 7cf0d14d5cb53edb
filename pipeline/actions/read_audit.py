"""Read the audit log, a page at a time, newest first."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from pipeline.actions.record_audit import about_address
from pipeline.core.address import parse
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import MEMBER, Event, Line
from pipeline.store import audit
from pipeline.store.audit import Wanted


def read_audit(wanted: Wanted, limit: int) -> list[Line]:
    """At most `limit` lines. Raises BadInput for an event that there is not."""
    if wanted.event and wanted.event not in [event.value for event in Event]:
        raise BadInput(f"There is no event {wanted.event!r}. Such as {Event.SIGNED_IN.value}.")
    return audit.newest(wanted, limit)


def a_day(typed: str) -> tuple[datetime, datetime]:
    """The first moment of a day in UTC, and of the next. Raises BadInput."""
    try:
        begins = datetime.combine(date.fromisoformat(typed), time(), UTC)
        return begins, begins + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{typed!r} is no day. Write it as 2026-12-01.") from error


def subject_of(typed: str) -> str:
    """What a line says that it is about: an address becomes its keyed hash. Raises BadInput."""
    if "@" not in typed or typed.startswith(MEMBER):
        return typed
    return about_address(parse(typed))
