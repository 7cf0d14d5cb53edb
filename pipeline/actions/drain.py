"""Send what is due over whichever route has a sender's place free on this machine."""

from __future__ import annotations

from pipeline.actions.deliver_batch import Batch, deliver_batch
from pipeline.gateways.slots import slot
from pipeline.settings import current


def drain(seconds: float, *, bell: bool = True) -> Batch | None:
    """One sender on one route, for `seconds` at most. None where every place on this machine is taken.

    Celery's workers and `rounds pump` both come here, so that together they never run more senders than
    ROUNDS_SENDERS for each route.
    """
    settings = current()
    for number in range(settings.senders):
        for route in settings.routes:
            with slot(settings.data_dir / "senders", f"{route.name}-{number}", 1) as mine:
                if mine:
                    return deliver_batch(seconds, route, bell=bell)
    return None
