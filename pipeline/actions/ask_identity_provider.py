"""Sign in by way of the organisation's identity provider, and link a member with who they are there.

A member is linked once, by themselves and signed in. An address is never enough, however verified: members write the
address that their tests go to as they like, and a provider may hand an address to somebody else (decision 0019).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pipeline.actions.record_audit import record
from pipeline.core.accounts.member import Who
from pipeline.core.errors import NotFound
from pipeline.core.people.audit import MEMBER, Event
from pipeline.gateways import identity_provider
from pipeline.gateways.identity_provider import Started
from pipeline.settings import IdentityProvider, current
from pipeline.store import identities

BACK = "/studio/sign-in/provider/back/"


def begin_at_provider() -> tuple[str, Started]:
    """(where to send the browser, what to remember). Raises NotFound where there is no provider."""
    return identity_provider.begin(_provider(), current().base_url + BACK)


def member_at_provider(started: Started, answer: Mapping[str, str]) -> int | None:
    """The id of the member who signed in there; None if nobody linked that identity. Raises Refused, Unavailable."""
    provider = _provider()
    subject = identity_provider.finish(provider, started, answer, current().base_url + BACK)
    return identities.member_of(provider.issuer, subject)


def link_with_provider(who: Who, started: Started, answer: Mapping[str, str], now: datetime) -> None:
    """From now on, whoever signs in there as this person signs in here as this member. Raises Refused, Unavailable."""
    provider = _provider()
    subject = identity_provider.finish(provider, started, answer, current().base_url + BACK)
    identities.link(who.id, provider.issuer, subject, now)
    record(Event.IDENTITY_LINKED, member=who.name, about=f"{MEMBER}{who.name}")


def unlink_from_provider(who: Who) -> bool:
    """Returns whether there was a link."""
    unlinked = identities.unlink(who.id, _provider().issuer)
    if unlinked:
        record(Event.IDENTITY_UNLINKED, member=who.name, about=f"{MEMBER}{who.name}")
    return unlinked


def _provider() -> IdentityProvider:
    provider = current().identity_provider
    if provider is None:
        raise NotFound("There is no identity provider. ROUNDS_OIDC_ISSUER names one.")
    return provider
