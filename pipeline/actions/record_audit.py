"""Say who saw, exported or changed what, by fixed names and ids alone (S-15)."""

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
    """`about` is the opaque uid of what it was done to; `detail` holds fixed words, counts and ids."""
    log.info(f"audit.{event}", member=member, about=about, outcome=outcome, **dict(detail or {}))
