"""How many confirmation mails a form may cause (D-06): a double opt-in without limits is part of a mail
bomb.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


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


class Form(StrEnum):
    """A public form that may send a letter, or that somebody has to read."""

    ACCESS = "access"
    COMPLAINT = "complaint"
    NEW_ADDRESS = "new_address"  # counted by the address that is typed
    OLD_ADDRESS = "old_address"  # the same form, counted by the address that is to be changed


@dataclass(frozen=True, slots=True)
class FormLimits:
    """The most that is allowed of one form."""

    address_day: int = 1
    network_hour: int = 5
    everywhere_hour: int = 500


FORM_LIMITS: Mapping[Form, FormLimits] = MappingProxyType(
    {
        Form.ACCESS: FormLimits(),
        Form.COMPLAINT: FormLimits(address_day=1),  # of the letter that acknowledges; the complaint is kept
        Form.NEW_ADDRESS: FormLimits(),
        Form.OLD_ADDRESS: FormLimits(address_day=3),
    }
)


@dataclass(frozen=True, slots=True)
class FormCounts:
    """How often a form was used already: for one address in the last 24 hours, and in the last hour."""

    address_day: int = 0
    network_hour: int = 0
    everywhere_hour: int = 0


def form_limit(form: Form, counts: FormCounts) -> Limit | None:
    """None if the form may be used once more; otherwise the first limit that says no, those for all first."""
    limits = FORM_LIMITS[form]
    if counts.everywhere_hour >= limits.everywhere_hour:
        return Limit.EVERYWHERE
    if counts.network_hour >= limits.network_hour:
        return Limit.NETWORK
    if counts.address_day >= limits.address_day:
        return Limit.ADDRESS_DAY
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
