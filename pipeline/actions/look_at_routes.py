"""The ways by which mail leaves, and how fast each may: what an operator sees of the flow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.core.delivery.breaker import route_state
from pipeline.core.delivery.quiet_hours import QuietHours
from pipeline.core.delivery.warm_up import WarmUp
from pipeline.settings import current
from pipeline.store import flow
from pipeline.store.flow import RouteLine


@dataclass(frozen=True, slots=True)
class Line:
    """A route or a domain, with what is to be said of it."""

    row: RouteLine
    sentence: str
    warm_up: WarmUp | None = None


@dataclass(frozen=True, slots=True)
class RoutesView:
    routes: tuple[Line, ...]
    domains: tuple[Line, ...]
    quiet_hours: QuietHours | None


def look_at_routes(now: datetime) -> RoutesView:
    """All routes, and the recipient domains with a limit or a rest. Writes down what the settings say of them first."""
    settings = current()
    flow.ensure_routes(settings)
    return RoutesView(
        tuple(_line(row, now, settings.warm_up_of(row.name)) for row in flow.route_lines()),
        tuple(_line(row, now) for row in flow.domain_lines()),
        settings.quiet_hours,
    )


def _line(row: RouteLine, now: datetime, plan: WarmUp | None = None) -> Line:
    cap = plan.cap(now.date()) if plan else None
    left = (
        cap if row.left_today is None or cap is None else max(0, row.left_today + cap - (row.cap_today or 0))
    )
    rests = row.blocked_until - flow.clock() if row.blocked_until else None
    sentence = route_state(row.rate, row.factor, rests, row.blocked_because, row.failures, cap, left)
    return Line(row, sentence, plan)
