"""What a person must know at present, as sentences."""

from __future__ import annotations

from pipeline.store import alerts
from pipeline.store.alerts import Alert


def list_alerts(*, cleared_too: bool = False, limit: int = 200) -> list[Alert]:
    """What is open, the oldest first; or the newest `limit` alerts, with those whose cause is gone."""
    return alerts.latest(limit) if cleared_too else alerts.open_now()
