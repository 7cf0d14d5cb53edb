"""Make a database fit for work: the tables up to date, and the notices in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.publish_notices import publish_notices
from pipeline.store import schema


@dataclass(frozen=True, slots=True)
class Prepared:
    """`applied` names the migrations, `notices` counts the notice versions that are new."""

    applied: list[str]
    notices: int


def prepare_database(now: datetime) -> Prepared:
    """Safe to repeat: the second time there is nothing to do. A list exists once its notice is published (C-43)."""
    return Prepared(schema.migrate(), publish_notices(now))
