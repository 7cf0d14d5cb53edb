"""Stop everything: no dot leaves any more, of any campaign, from any host (delivery.md B8, G13)."""

from __future__ import annotations

from datetime import datetime

from pipeline.core.errors import BadInput
from pipeline.store import instance
from pipeline.store.instance import Instance


def stop_sending(reason: str, by: str, now: datetime) -> Instance:
    """Once this returns no intent is recorded; a dot whose intent was recorded before leaves within a second (G6).

    Stopping twice is the same as once. Raises BadInput without a reason: others will read it.
    """
    if not (why := " ".join(reason.split())):
        raise BadInput("Say why everything stops: others will read it.", field="reason")
    if len(why) > instance.LONGEST_REASON:
        raise BadInput(
            f"The reason is longer than {instance.LONGEST_REASON} characters. Say it shorter.", field="reason"
        )
    instance.stop(why, by, now)
    return instance.read()
