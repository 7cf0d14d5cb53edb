"""Who saw, exported or changed what."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

log = structlog.get_logger()


def record(
    event: str,
    *,
    member: str,
    about: str = "",
    outcome: str = "done",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Say that `member` did `event` to `about`. Ids, counts and digests alone: no address, no word that was typed."""
    log.info("audit", act=event, member=member, about=about, outcome=outcome, **(detail or {}))
