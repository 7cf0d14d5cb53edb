"""Make a database fit for work: the tables up to date, and the notices in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.check_secret import check_secret, secret_refusal
from pipeline.actions.publish_notices import publish_notices
from pipeline.core.errors import Unavailable
from pipeline.store import roles, schema, secret_kids
from pipeline.store.roles import Granted


@dataclass(frozen=True, slots=True)
class Prepared:
    """`applied` names the migrations, `notices` counts the notice versions that are new. `granted`: where asked for."""

    applied: list[str]
    notices: int
    granted: Granted | None = None


def prepare_database(now: datetime, grant_to: str = "", member: str = "") -> Prepared:
    """Safe to repeat: the second time there is nothing to do. A list exists once its notice is published (C-43).

    `grant_to` names a role that is to run Rounds without owning the tables; Refused where that cannot be granted.
    Raises Unavailable before anything is changed where this host's secret is not the database's. `member` is who the
    audit log says has changed the secret, where it is a new one.
    """
    if secret_kids.there() and (refusal := secret_refusal()):
        raise Unavailable(refusal)
    applied = schema.migrate()
    check_secret(member, now)
    published = publish_notices(now)
    return Prepared(applied, published, roles.grant(grant_to) if grant_to else None)
