"""How often somebody may be wrong at the door. Counted in PostgreSQL, for all processes.

By client and by name; and where the browser is known as the member's, by that browser alone: strangers can use up the
tries of a name or of a network, and not those. A browser that has used up its own shares the name's, like anybody's.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from pipeline.core.accounts.attempt_limits import CODES_A_DAY, SHORT, TOLD, Limit
from pipeline.gateways import clock
from pipeline.gateways.keys import key_of_attempt
from pipeline.store import attempts
from pipeline.web import known_browser
from pipeline.web.client import client_ip

TOO_MANY = "That was wrong too often. Wait five minutes, then try again."


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, which counts as a failure until it succeeds."""

    rows: Sequence[int]
    name: bytes | None

    @property
    def counted(self) -> bool:
        """Whether there is a limit to tries like it, and so to what they write into the audit log."""
        return bool(self.rows)

    def succeeded(self) -> None:
        """It does not count, and after a password neither do failures under the same name. Those of the client do."""
        attempts.take_back(self.rows)
        if self.name is not None:
            attempts.forget(self.name)


def with_password(request: HttpRequest, name: str, member_id: int | None) -> Attempt | None:
    """Begin a try with a name and a password; `member_id` of whoever has the name. None after too many."""
    own = _in_known_browser(request, "password", member_id, (SHORT,)) if member_id is not None else None
    return own or _begin(request, f"name {name.casefold()}", (SHORT,))


def with_second_factor(request: HttpRequest, member_id: int) -> Attempt | None:
    """Begin a try of a member's second factor. None after too many: the member's own success clears none of them."""
    limits = (SHORT, CODES_A_DAY)
    attempt = _in_known_browser(request, "second factor", member_id, limits) or _begin(
        request, f"second factor {member_id}", limits
    )
    return Attempt(attempt.rows, None) if attempt else None


def with_factor_of(request: HttpRequest, member_id: int) -> Attempt | None:
    """Begin a try with what a form brings: a passkey's answer, which nobody guesses and which so is not counted; or
    else what can be guessed. None after too many.
    """
    if request.POST.get("credential") and not request.POST.get("password"):
        return Attempt((), None)
    return with_second_factor(request, member_id)


def at_provider(request: HttpRequest) -> Attempt | None:
    """Begin a try by way of the identity provider, which names nobody yet. None after too many of this client."""
    return _begin(request)


def is_news(request: HttpRequest) -> bool:
    """Whether this client was not refused for its many tries lately. The log tells of the first such refusal alone: a
    stranger would else write into it what hides the rest, and fill the disk by it.
    """
    told = {key_of_attempt(f"told of {_client(client_ip(request))}"): (TOLD,)}
    return attempts.begin(told, clock.machine()) is not None


def _in_known_browser(
    request: HttpRequest, step: str, member_id: int, limits: Sequence[Limit]
) -> Attempt | None:
    """None for a browser that is not known as the member's, and for one that has used up its tries."""
    mark = known_browser.mark_of(request, member_id)
    if mark is None:
        return None
    key = key_of_attempt(f"{step} of {member_id} in {mark.kept_as.hex()}")
    rows = attempts.begin({key: limits}, clock.machine())
    return Attempt(rows, key) if rows is not None else None


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
