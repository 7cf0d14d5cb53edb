"""Mailboxes that belong to a task and not to a person, and domains that mail bombs are aimed at (D-09)."""

from __future__ import annotations

from pipeline.core.address import Address

# RFC 2142, and the names that machines and abuse desks go by. A person rarely signs up with one; a bomber does, since
# mail to them gets a sender onto block lists. `info` and `office` are left out: small practices read them.
ROLES = frozenset(
    {
        "abuse",
        "bounce",
        "bounces",
        "daemon",
        "devnull",
        "dmarc",
        "hostmaster",
        "listserv",
        "mailer-daemon",
        "majordomo",
        "no-reply",
        "no_reply",
        "nobody",
        "noc",
        "noreply",
        "donotreply",
        "do-not-reply",
        "phish",
        "phishing",
        "postmaster",
        "root",
        "security",
        "spam",
        "spamtrap",
        "usenet",
        "uucp",
        "webmaster",
        "www",
    }
)
PUBLIC_BODIES = ("gov", "mil", "gov.uk", "nhs.uk", "nhs.net", "police.uk", "mod.uk", "parliament.uk")


def is_role(address: Address) -> bool:
    """Whether a task reads this mailbox: `postmaster@`, and `abuse+list@` too."""
    return address.local.lower().partition("+")[0] in ROLES


def is_public_body(address: Address) -> bool:
    """Whether the domain is a government's or a service of its: `.gov`, `.gov.au`, `nhs.uk` and what is below them."""
    labels = address.domain_ascii.split(".")
    ends = {".".join(labels[-2:]), labels[-1]}
    foreign = len(labels) > 2 and labels[-2] in ("gov", "mil") and len(labels[-1]) == 2
    return foreign or not ends.isdisjoint(PUBLIC_BODIES)
