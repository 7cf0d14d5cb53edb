"""Send what is due: claim, fill, offer, commit the intent, send the dot, settle (delivery.md B3; docs/engine.md).

Nothing else in Rounds sends mail. One call is one sender: an event loop with many connections to one route, one lease
and one journal. Any number of senders may run at once, on any number of hosts.
"""

from __future__ import annotations

from pipeline.actions.deliver_batch.batch import Batch
from pipeline.actions.deliver_batch.sender import Sender
from pipeline.core.delivery.route import Route
from pipeline.gateways import loop
from pipeline.settings import current

__all__ = ["Batch", "deliver_batch"]


def deliver_batch(seconds: float, route: Route | None = None, *, bell: bool = True) -> Batch:
    """Send until nothing is due or `seconds` have passed, then return. Safe to run twice, or never.

    `bell`: ring for another sender where there is more than one sender's worth of work.
    A connection that still waits for an answer when time is up is waited for, and the others work on meanwhile.
    """
    return loop.run(Sender(route or current().routes[0], seconds, bell=bell).run)
