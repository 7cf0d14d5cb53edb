"""Say where a sign-up form may stand: only there is it shown and believed."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from pipeline.core.consent.placement import Placement, read_placement
from pipeline.core.errors import BadInput
from pipeline.core.message.headers import may_be_plain_http
from pipeline.store import consent, placements


def add_placement(name: str, page_url: str, purposes: tuple[str, ...], now: datetime) -> Placement:
    """Raises BadInput for a name that is taken or unfit, an address that is no page, or a list that is not known."""
    placement = read_placement(name, page_url, purposes)
    parts = urlsplit(page_url)
    if parts.scheme == "http" and not may_be_plain_http(parts.hostname or ""):
        raise BadInput("People type their address on this page, so it needs https.")
    for purpose in purposes:
        if not consent.list_exists(purpose):
            known = ", ".join(consent.list_ids()) or "none yet: `rounds migrate` publishes the notices"
            raise BadInput(f"There is no list {purpose!r}. The lists are: {known}.")
    if not placements.add(placement, now):
        raise BadInput(
            f"The name {name!r} is taken: the ledger names where people signed up, so a name is for one page for ever. "
            "Choose another."
        )
    return placement
