"""Tell people while list mail cannot be signed, and so does not leave (U-04; delivery.md C8, row 84)."""

from __future__ import annotations

from datetime import datetime

from pipeline.gateways.dkim import signing_refusal
from pipeline.settings import current
from pipeline.store import alerts

ALERT, SUBJECT = "unsigned", "signatures"


def check_signing(now: datetime) -> None:
    """Raise the alert, or clear it when the cause is gone."""
    refusal = signing_refusal(current())
    if refusal:
        alerts.raised(ALERT, SUBJECT, refusal, now)
    else:
        alerts.cleared([ALERT], SUBJECT, now)
