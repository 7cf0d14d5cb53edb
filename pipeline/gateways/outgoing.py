"""The way out that a URL names: a relay by SMTP, or a provider by HTTP, with the same stages."""

from __future__ import annotations

from typing import Protocol

from pipeline.core.delivery.relay import Relay, parse_route_url
from pipeline.core.delivery.replies import Outcome
from pipeline.core.message.wire import Wire
from pipeline.gateways.smtp import Connection, Timeouts


class Outgoing(Protocol):
    """What a sender asks of a conversation, be it with a relay or with a provider."""

    @property
    def usable(self) -> bool: ...

    async def offer(
        self, mail_from: str, rcpt_to: str, message: bytes | Wire, envelope_id: str | None = None
    ) -> Outcome | None: ...

    async def dot(self) -> Outcome: ...

    def abandon(self) -> Outcome: ...

    async def close(self) -> None: ...


async def open_route(url: str, helo: str, timeouts: Timeouts) -> Outgoing:
    """A conversation by one URL of ROUNDS_SMTP_URL. RouteFailed when none comes about."""
    route = parse_route_url(url)
    if isinstance(route, Relay):
        return await Connection.open(route, helo, timeouts)
    # django-anymail and its HTTP client are loaded where a provider is used, and nowhere else.
    from pipeline.gateways.providers import ProviderConnection

    return await ProviderConnection.open(route, timeouts)
