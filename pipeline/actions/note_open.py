"""Note the day on which somebody opened an email, if they agreed to it and agree still (C-31 to C-33)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import structlog
from django.db import DatabaseError, InterfaceError

from pipeline.core.consent.tokens import Audience, read
from pipeline.core.home_zone import HOME_ZONE
from pipeline.gateways.keys import keyring
from pipeline.settings import current
from pipeline.store import opens

log = structlog.get_logger()


def note_open(token: str, now: datetime) -> None:
    """Never raises, and answers nothing: whoever fetches the picture learns nothing by it.

    The token names the row of the yes, and neither the letter nor the issue: what is not sent back cannot be kept. It
    is the one GET that writes, and what it writes is no state of anybody's consent (docs/decisions/0023).
    """
    if not current().measure_opens:
        return
    id16 = read(Audience.OPEN, token, keyring())
    if id16 is None:
        return
    try:
        opens.note(UUID(bytes=id16), now.astimezone(HOME_ZONE).date(), now)
    except (DatabaseError, InterfaceError):
        log.warning("open.not_noted")  # a day that is missed is missed
