"""A person has looked into deliveries of unknown outcome, and says what became of them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import structlog

from pipeline.core.errors import BadInput, NotFound
from pipeline.store import rescue

log = structlog.get_logger()


def settle_unknown(names: Collection[str], *, delivered: bool, by: str) -> int:
    """`names`: deliveries as `rounds unknown list` names them, or whole Message-IDs. Returns how many were settled.

    `delivered` false leaves them as they are, and nobody is asked again. Nothing is ever sent again for it.
    Raises BadInput for what is no delivery, and NotFound for one that does not wait for a person; then nothing changes.
    """
    uids = {_uid(name): name for name in names}
    waiting = rescue.held_among(uids)
    strange = [name for uid, name in uids.items() if uid not in waiting]
    if strange:
        raise NotFound(f"{strange[0]} does not wait for a person. `rounds unknown list` names those that do.")
    settled = rescue.decide(uids, delivered=delivered)
    log.info("delivery.settled_by_a_person", by=by, deliveries=len(settled), delivered=delivered)
    return len(settled)


def _uid(name: str) -> UUID:
    try:
        return UUID(name.strip().strip("<>").partition("@")[0])
    except ValueError:
        raise BadInput(
            f"{name!r} is no delivery. Write its 32 digits as `rounds unknown list` does."
        ) from None
