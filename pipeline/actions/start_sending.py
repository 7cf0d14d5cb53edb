"""Let mail leave again after everything was stopped. Nothing is sent twice for it (delivery.md B8, G13)."""

from __future__ import annotations

from datetime import datetime

from pipeline.core.errors import Refused
from pipeline.gateways.queue import Job, ring
from pipeline.store import instance
from pipeline.store.instance import Instance


def start_sending(by: str, now: datetime) -> Instance:
    """Starting twice is the same as once. Refused where the fence has stopped it."""
    if instance.read().needs_confirm:
        raise Refused(
            "This database is an older copy of itself, so that starting is not enough: people might get mail twice."
            " `rounds sending confirm` compares it with the journals first."
        )
    instance.start(by, now)
    ring(Job.DRAIN)
    return instance.read()
