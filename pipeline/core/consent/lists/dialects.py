"""What the columns of a list are called, tool by tool, and what its words for a subscriber's standing mean.

Header names are those of the tools' own exports: Mailchimp's three files for an audience, Substack's
`email_list.*.csv`, beehiiv's full export, listmonk's `export`, MailPoet's export in English, and Outlook's contacts. A
file that is none of them is read by the names that most people use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.suppression import (
    ALL,
    CONFIRMATION,
    MARKETING,
    Reason,
    Suppression,
    list_scope,
)


class Field(StrEnum):
    """What a column can hold for us. Any other column is passed over."""

    ADDRESS = "address"
    GIVEN_NAME = "given_name"
    ZONE = "zone"
    STATUS = "status"
    OFF = "off"  # true: this person's mail is turned off
    OPTED_IN_AT = "opted_in_at"
    CONFIRMED_AT = "confirmed_at"
    OPT_IN_IP = "opt_in_ip"
    UNSUBSCRIBED_AT = "unsubscribed_at"
    CLEANED_AT = "cleaned_at"
    PLACEMENT = "placement"  # which form it was, as `core.consent.lists.evidence` knows them
    LIST = "list"  # the purpose, in what we exported ourselves


class Said(StrEnum):
    """What a row says of its person's will. The last two are neither a yes nor a no."""

    YES = "yes"
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    BLOCKED = "blocked"
    PENDING = "pending"
    NEVER = "never"

    @property
    def is_no(self) -> bool:
        return self in NOES


# The no that lasts longest first: of two in one row it is the one that counts.
NOES = (Said.COMPLAINED, Said.BLOCKED, Said.UNSUBSCRIBED, Said.BOUNCED)
GRAVITY = (*NOES, Said.NEVER, Said.PENDING, Said.YES)

# What a no becomes in the ledger of somebody we know. A stranger's is a suppression and no more (C-07).
EVENTS: Mapping[Said, EventKind] = MappingProxyType(
    {
        Said.UNSUBSCRIBED: EventKind.CONSENT_WITHDRAWN,
        Said.COMPLAINED: EventKind.COMPLAINT_FBL,
        Said.BOUNCED: EventKind.HARD_BOUNCED,
        Said.BLOCKED: EventKind.SUPPRESSION_ADDED,
    }
)


def suppressions_of(said: Said, purpose: str) -> tuple[Suppression, ...]:
    """What a no of a list for `purpose` adds. Whoever unsubscribed or bounced may come back by a fresh yes (B-10)."""
    match said:
        case Said.UNSUBSCRIBED:
            return (Suppression(list_scope(purpose), Reason.UNSUBSCRIBED),)
        case Said.COMPLAINED:
            return Suppression(MARKETING, Reason.COMPLAINT), Suppression(CONFIRMATION, Reason.COMPLAINT)
        case Said.BOUNCED:
            return (Suppression(ALL, Reason.HARD_BOUNCE),)
        case Said.BLOCKED:
            return (Suppression(ALL, Reason.IMPORTED),)
    return ()


_WORDS: dict[str, Said] = {
    **dict.fromkeys(("subscribed", "active", "enabled", "confirmed", "opted in", "opted-in"), Said.YES),
    **dict.fromkeys(
        (
            "unsubscribed",
            "unsubscribe",
            "opted out",
            "opted-out",
            "optout",
            "withdrawn",
            "removed",
            "disabled",
            "inactive",
        ),
        Said.UNSUBSCRIBED,
    ),
    **dict.fromkeys(
        ("complained", "complaint", "spam complaint", "spam", "abuse", "marked as spam"), Said.COMPLAINED
    ),
    **dict.fromkeys(("cleaned", "bounced", "hard bounced", "hard bounce", "undeliverable"), Said.BOUNCED),
    **dict.fromkeys(("blocklisted", "blacklisted", "blocked", "banned", "suppressed"), Said.BLOCKED),
    **dict.fromkeys(("pending", "unconfirmed", "not confirmed", "requested"), Said.PENDING),
    **dict.fromkeys(
        (
            "nonsubscribed",
            "non-subscribed",
            "transactional",
            "archived",
            "invalid",
            "validating",
            "needs_attention",
            "deleted",
        ),
        Said.NEVER,
    ),
}

_MAILCHIMP = {
    "email address": Field.ADDRESS,
    "first name": Field.GIVEN_NAME,
    "timezone": Field.ZONE,
    "optin_time": Field.OPTED_IN_AT,
    "optin_ip": Field.OPT_IN_IP,
    "confirm_time": Field.CONFIRMED_AT,
    "unsub_time": Field.UNSUBSCRIBED_AT,
    "clean_time": Field.CLEANED_AT,
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """One tool's way. `marks` are the headers that give it away, and `lacks` those that it never has.

    `columns`: header to field, in lower case; of two headers for one field the earlier counts, except that every column
    of a status is read. `all_are`: what every row says where no column does. `escape`: how it writes a quotation mark
    inside a cell, if not by doubling it.
    """

    name: str
    columns: Mapping[str, Field]
    marks: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    words: Mapping[str, Said] = field(default_factory=lambda: _WORDS)
    all_are: Said = Said.YES
    escape: str | None = None


DIALECTS: tuple[Dialect, ...] = (
    Dialect(
        "Mailchimp, unsubscribed",
        _MAILCHIMP,
        frozenset({"email address", "unsub_time"}),
        frozenset({"last_changed"}),
        all_are=Said.UNSUBSCRIBED,
    ),
    Dialect(
        "Mailchimp, cleaned",
        _MAILCHIMP,
        frozenset({"email address", "clean_time"}),
        frozenset({"last_changed"}),
        all_are=Said.BOUNCED,
    ),
    Dialect("Mailchimp", _MAILCHIMP, frozenset({"email address", "member_rating", "optin_time"})),
    Dialect(
        "Substack",
        {"email": Field.ADDRESS, "email_disabled": Field.OFF, "created_at": Field.OPTED_IN_AT},
        frozenset({"email", "active_subscription", "email_disabled"}),
    ),
    Dialect(
        "beehiiv",
        {
            "email": Field.ADDRESS,
            "first name": Field.GIVEN_NAME,
            "first_name": Field.GIVEN_NAME,
            "status": Field.STATUS,
            "created_at": Field.OPTED_IN_AT,
            "unsubscribed_at": Field.UNSUBSCRIBED_AT,
        },
        frozenset({"email", "status", "tier", "created_at"}),
    ),
    Dialect(
        "listmonk",
        {
            "email": Field.ADDRESS,
            "name": Field.GIVEN_NAME,
            "status": Field.STATUS,
            "created_at": Field.OPTED_IN_AT,
        },
        frozenset({"uuid", "email", "attributes", "status"}),
    ),
    Dialect(
        "MailPoet",
        {
            "email": Field.ADDRESS,
            "first name": Field.GIVEN_NAME,
            "subscription time": Field.OPTED_IN_AT,
            "subscription ip": Field.OPT_IN_IP,
            "confirmation time": Field.CONFIRMED_AT,
            "list status": Field.STATUS,
            "global status": Field.STATUS,
        },
        frozenset({"email", "list status", "global status"}),
        words={**_WORDS, "inactive": Said.YES},  # there it means that nothing was opened for a while
        escape="\\",
    ),
    Dialect(
        "Outlook",
        {"e-mail address": Field.ADDRESS, "first name": Field.GIVEN_NAME},
        frozenset({"e-mail address", "e-mail 2 address"}),
    ),
    Dialect(
        "Rounds",
        {
            "address": Field.ADDRESS,
            "given_name": Field.GIVEN_NAME,
            "zone": Field.ZONE,
            "list": Field.LIST,
            "status": Field.STATUS,
            "since": Field.OPTED_IN_AT,
        },
        frozenset({"address", "list", "status", "notice_id", "evidence_grade"}),
        words={
            "given": Said.YES,
            "renewed": Said.YES,
            "requested": Said.PENDING,
            "withdrawn": Said.UNSUBSCRIBED,
            "refused": Said.UNSUBSCRIBED,
            **dict.fromkeys(("unknown", "expired", "terminated", "invalidated"), Said.NEVER),
        },
    ),
)

ANY_TOOL = Dialect(
    "any tool",
    {
        **dict.fromkeys(
            (
                "address",
                "email",
                "e-mail",
                "email address",
                "email_address",
                "e-mail address",
                "mail",
                "subscriber",
            ),
            Field.ADDRESS,
        ),
        **dict.fromkeys(
            ("given_name", "first name", "first_name", "firstname", "given name", "fname", "name"),
            Field.GIVEN_NAME,
        ),
        **dict.fromkeys(("zone", "timezone", "time zone", "time_zone"), Field.ZONE),
        **dict.fromkeys(("status", "state", "subscription status", "subscription_status"), Field.STATUS),
        **dict.fromkeys(
            (
                "opted_in_at",
                "optin_time",
                "opt-in time",
                "subscribed_at",
                "subscribed at",
                "signup date",
                "created_at",
                "created at",
            ),
            Field.OPTED_IN_AT,
        ),
        **dict.fromkeys(("confirmed_at", "confirmed at", "confirm_time"), Field.CONFIRMED_AT),
        **dict.fromkeys(("opt_in_ip", "optin_ip", "signup_ip", "ip address", "ip_address"), Field.OPT_IN_IP),
        **dict.fromkeys(("unsubscribed_at", "unsubscribed at", "unsub_time"), Field.UNSUBSCRIBED_AT),
        **dict.fromkeys(("bounced_at", "clean_time"), Field.CLEANED_AT),
        **dict.fromkeys(("placement", "placement_id"), Field.PLACEMENT),
    },
)

# Mailchimp names its files for who is in them: the name says it although a person took columns away.
_FILE_NAMES = {
    "unsubscribed": Said.UNSUBSCRIBED,
    "cleaned": Said.BOUNCED,
    "nonsubscribed": Said.NEVER,
    "non_subscribed": Said.NEVER,
}


def dialect_of(headers: Sequence[str]) -> Dialect:
    """By the headers, in lower case. A column that we add to refused rows changes nothing."""
    found = frozenset(headers)
    return next((d for d in DIALECTS if d.marks <= found and not d.lacks & found), ANY_TOOL)


def said_by_name(file_name: str) -> Said:
    """What the rows of a file with this name say, where its name says anything."""
    name = file_name.casefold()
    return next((said for start, said in _FILE_NAMES.items() if name.startswith(start)), Said.YES)
