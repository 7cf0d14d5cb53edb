"""How many confirmation mails a form may cause (D-06), and which a person looks at first (D-09): a double opt-in
without limits is part of a mail bomb.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is allowed. Without a solved puzzle a network, and everybody together, gets less (D-08)."""

    per_list_day: int = 1
    per_list_month: int = 3
    pending_per_network_hour: int = 5
    everywhere_hour: int = 500
    unsolved_per_network_hour: int = 2
    unsolved_everywhere_hour: int = 100
    sudden_per_network: int = 4  # pending from one network within ten minutes: the next is looked at
    public_body_hour: int = 3  # to one domain of a public body within an hour: the next is looked at
    held_per_network_hour: int = 20
    held_everywhere: int = 2_000  # more are neither sent nor kept: a flood must not fill the disk


@dataclass(frozen=True, slots=True)
class Counts:
    """What has been asked for already. All windows end now; a month is 30 days."""

    list_day: int = 0  # requests for this address and this list, last 24 hours
    list_month: int = 0
    network_hour: int = 0  # sign-ups still pending from the client's network, last hour
    everywhere_hour: int = 0  # requests by anybody, last hour
    network_sudden: int = 0  # pending from the client's network, last ten minutes
    unsolved_network_hour: int = 0  # without a solved puzzle, pending or not
    unsolved_everywhere_hour: int = 0
    domain_hour: int = 0  # requests for addresses of this domain, last hour
    held_network_hour: int = 0
    held_everywhere: int = 0  # that wait for review now
    not_me: bool = False  # the owner of the address said "this was not me" in the last 12 months


class Limit(StrEnum):
    """The limit that was reached, or what a person should look at."""

    NOT_ME = "not_me"
    ADDRESS_DAY = "address_day"
    ADDRESS_MONTH = "address_month"
    NETWORK = "network"
    EVERYWHERE = "everywhere"
    UNSOLVED_NETWORK = "unsolved_network"
    UNSOLVED_EVERYWHERE = "unsolved_everywhere"
    ROLE_ADDRESS = "role_address"
    PUBLIC_BODY = "public_body"
    SUDDEN = "sudden"


class Verdict(StrEnum):
    SEND = "send"
    HOLD = "hold"  # kept, and nothing is sent until somebody has looked
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a sign-up, and why if it is not simply sent. The page answers the same (D-07)."""

    verdict: Verdict
    because: Limit | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """What is known of who asks: did the puzzle, asks for a role address, for one of a public body."""

    solved: bool = True
    role: bool = False
    public_body: bool = False


DEFAULT = Limits()


def may_send_confirmation(
    counts: Counts,
    limits: Limits = DEFAULT,
    asker: Asker = Asker(),
) -> Ruling:
    """What an address has had enough of is dropped; what looks like a flood is held while there is room."""
    stop = _address(counts, limits)
    if stop is not None:
        return Ruling(Verdict.DROP, stop)
    doubt = _doubt(counts, limits, asker)
    if doubt is None:
        return Ruling(Verdict.SEND)
    full = (
        counts.held_network_hour >= limits.held_per_network_hour
        or counts.held_everywhere >= limits.held_everywhere
    )
    return Ruling(Verdict.DROP if full else Verdict.HOLD, doubt)


def _address(counts: Counts, limits: Limits) -> Limit | None:
    if counts.not_me:
        return Limit.NOT_ME
    if counts.list_day >= limits.per_list_day:
        return Limit.ADDRESS_DAY
    return Limit.ADDRESS_MONTH if counts.list_month >= limits.per_list_month else None


def _doubt(counts: Counts, limits: Limits, asker: Asker) -> Limit | None:
    doubts = {
        Limit.NETWORK: counts.network_hour >= limits.pending_per_network_hour,
        Limit.EVERYWHERE: counts.everywhere_hour >= limits.everywhere_hour,
        Limit.UNSOLVED_NETWORK: not asker.solved
        and counts.unsolved_network_hour >= limits.unsolved_per_network_hour,
        Limit.UNSOLVED_EVERYWHERE: not asker.solved
        and counts.unsolved_everywhere_hour >= limits.unsolved_everywhere_hour,
        Limit.ROLE_ADDRESS: asker.role,
        Limit.PUBLIC_BODY: asker.public_body and counts.domain_hour >= limits.public_body_hour,
        Limit.SUDDEN: counts.network_sudden >= limits.sudden_per_network,
    }
    return next((limit for limit, reached in doubts.items() if reached), None)


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
