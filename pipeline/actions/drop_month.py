"""Drop a month that was put away, for good. Nothing else ever deletes a delivery."""

from __future__ import annotations

from datetime import date

import structlog

from pipeline.core.errors import NotFound
from pipeline.store import periods

log = structlog.get_logger()


def drop_month(month: date) -> list[str]:
    """Returns the names of the tables that are gone. Raises NotFound for a month that is in use, or was never there."""
    tables = periods.drop(month)
    if not tables:
        raise NotFound(
            f"No month {month:%Y-%m} has been put away: there is nothing to drop. See `rounds partitions list`."
        )
    log.info("deliveries.dropped", month=f"{month:%Y-%m}")
    return tables
