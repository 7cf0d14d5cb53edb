"""How many confirmation mails a form may cause (D-06): a double opt-in without limits is part of a mail
bomb.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is allowed."""

    per_list_day: int = 1
    per_list_month: int = 3
    pending_per_network_hour: int = 5
    everywhere_hour: int = 500


@dataclass(frozen=True, slots=True)
class Counts:
    """What has been sent already. All windows end now; a month is 30 days."""

    list_day: int = 0  # confirmation mails to this address for this list, last 24 hours
    list_month: int = 0
    network_hour: int = 0  # sign-ups still pending from the client's network, last hour
    everywhere_hour: int = 0  # confirmation mails to anybody, last hour
    not_me: bool = False  # the owner of the address said "this was not me" in the last 12 months


class Limit(StrEnum):
    """The limit that was reached."""

    NOT_ME = "not_me"
    ADDRESS_DAY = "address_day"
    ADDRESS_MONTH = "address_month"
    NETWORK = "network"
    EVERYWHERE = "everywhere"


DEFAULT = Limits()


def may_send_confirmation(counts: Counts, limits: Limits = DEFAULT) -> Limit | None:
    """None if one more mail may go; otherwise the first limit that says no. The page answers the same
    (D-07).
    """
    if counts.not_me:
        return Limit.NOT_ME
    if counts.list_day >= limits.per_list_day:
        return Limit.ADDRESS_DAY
    if counts.list_month >= limits.per_list_month:
        return Limit.ADDRESS_MONTH
    if counts.network_hour >= limits.pending_per_network_hour:
        return Limit.NETWORK
    if counts.everywhere_hour >= limits.everywhere_hour:
        return Limit.EVERYWHERE
    return None


def network_of(client_ip: str) -> str:
    """The network that a client is counted by: its /24, or its /56 in IPv6. Empty for what is no address."""
    try:
        ip = ipaddress.ip_address(client_ip)
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    prefix = 24 if ip.version == 4 else 56
    return str(ipaddress.ip_network((ip, prefix), strict=False))
