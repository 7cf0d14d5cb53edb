"""Note what a member did: an event of the accounts goes to the log, by its name and without names."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

log = structlog.get_logger(__name__)


def record(
    event: str,
    *,
    member: str,
    about: str = "",
    outcome: str = "done",
    detail: Mapping[str, object] | None = None,
) -> None:
    """`event` is a fixed name. Who it was, and about whom, is personal data and stays out of the log."""
    log.info(event, outcome=outcome)
