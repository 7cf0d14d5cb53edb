"""How often somebody may be wrong at the door, by client and by name. Counted in PostgreSQL, for all processes."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from pipeline.core.accounts.attempt_limits import CODES_A_DAY, SHORT, TOLD, Limit
from pipeline.gateways import clock
from pipeline.gateways.keys import key_of_attempt
from pipeline.store import attempts
from pipeline.web.client import client_ip

TOO_MANY = "That was wrong too often. Wait five minutes, then try again."


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, which counts as a failure until it succeeds."""

    rows: Sequence[int]
    name: bytes | None

    def succeeded(self) -> None:
        """It does not count, and after a password neither do failures under the same name. Those of the client do."""
        attempts.take_back(self.rows)
        if self.name is not None:
            attempts.forget(self.name)


def with_password(request: HttpRequest, name: str) -> Attempt | None:
    """Begin a try with a name and a password. None after too many."""
    return _begin(request, f"name {name.casefold()}", (SHORT,))


def with_second_factor(request: HttpRequest, member_id: int) -> Attempt | None:
    """Begin a try of a member's second factor. None after too many: the member's own success clears none of them."""
    attempt = _begin(request, f"second factor {member_id}", (SHORT, CODES_A_DAY))
    return Attempt(attempt.rows, None) if attempt else None


def at_provider(request: HttpRequest) -> Attempt | None:
    """Begin a try by way of the identity provider, which names nobody yet. None after too many of this client."""
    return _begin(request)


def is_news(request: HttpRequest) -> bool:
    """Whether this client was not refused for its many tries lately. The log tells of the first such refusal alone: a
    stranger would else write into it what hides the rest, and fill the disk by it.
    """
    told = {key_of_attempt(f"told of {_client(client_ip(request))}"): (TOLD,)}
    return attempts.begin(told, clock.machine()) is not None


def _begin(request: HttpRequest, name: str = "", limits: Sequence[Limit] = ()) -> Attempt | None:
    each: dict[bytes, Sequence[Limit]] = {key_of_attempt(f"client {_client(client_ip(request))}"): (SHORT,)}
    named = key_of_attempt(name) if name else None
    if named is not None:
        each[named] = limits
    rows = attempts.begin(each, clock.machine())
    return Attempt(rows, named) if rows is not None else None


def _client(address: str) -> str:
    """An address of IPv4; in IPv6 the /64, of which one customer has all."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
