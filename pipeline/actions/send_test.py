"""Send one issue to a member of staff, with links that do nothing (S-22)."""

from __future__ import annotations

from datetime import datetime

from pipeline.core.address import parse
from pipeline.core.errors import NotFound
from pipeline.gateways.keys import key_of
from pipeline.gateways.queue import Job, ring
from pipeline.store import deliveries, series


def send_test(series_slug: str, number: int, address: str, asked_by: str, now: datetime) -> None:
    """Queue the test. Raises BadInput for an address that cannot exist, NotFound for an issue that is not rendered."""
    mailbox = parse(address)
    rendered = next((r for r in series.latest_revisions(series_slug) if r.number == number), None)
    if rendered is None:
        raise NotFound(f"Issue {number} of {series_slug!r} is not rendered yet.")
    deliveries.queue_test(rendered.id, mailbox.mailbox, key_of(mailbox), asked_by, now)
    ring(Job.DRAIN)
