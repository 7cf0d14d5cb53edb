"""Warn a week before a request has to be answered, and say so every day once it is late."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pipeline.core.consent.rights import Urgency, pressing, sentence
from pipeline.store import alerts, rights

SOON, OVERDUE = "request_soon", "request_overdue"
ALERTS = (SOON, OVERDUE)


def subject(uid: UUID) -> str:
    """What an alert about a request is filed under."""
    return f"request {uid}"


def watch_requests(now: datetime) -> int:
    """Raise, word anew and clear what is to be said of the open requests. Returns how many are overdue."""
    overdue = 0
    wanted: dict[tuple[str, str], str] = {}
    for request in rights.waiting():
        found = pressing(request.clocks, request.acknowledged_at, now)
        if found.urgency is Urgency.CALM:
            continue
        kind = OVERDUE if found.urgency is Urgency.OVERDUE else SOON
        overdue += kind == OVERDUE
        said = sentence(request.kind, request.received_at, found, now)
        wanted[kind, subject(request.uid)] = f"{said} See the requests in the studio."
    known = {(alert.kind, alert.subject): alert.sentence for alert in alerts.open_now(ALERTS)}
    for (kind, about), said in wanted.items():
        if known.get((kind, about)) != said:
            alerts.raised(kind, about, said, now)
    for kind, about in known.keys() - wanted.keys():
        alerts.cleared([kind], about, now)
    return overdue
