"""What a provider's webhook told us, after it proved itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog

from pipeline.actions.record_feedback import Recorded, record_feedback
from pipeline.core.feedback.provider_event import ProviderEvent, read_provider_event
from pipeline.settings import current

log = structlog.get_logger()


def hear_provider(provider: str, events: Iterable[ProviderEvent], now: datetime) -> int:
    """Keep and act on each event, by the same policy as reports that come by mail (B-41). Returns how many were new.

    What is about no message of ours is dropped without a row: the provider may send for others too.
    """
    domain = current().return_path_domain
    new = 0
    for event in events:
        ours = read_provider_event(provider, event, domain)
        if ours is None or record_feedback(ours, now) is Recorded.NOBODY:
            log.info("hook.nobody", provider=provider, happened=event.happened[:20])
        else:
            new += 1
    return new
