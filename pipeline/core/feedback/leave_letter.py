"""Goodbyes that come by mail: to the address of an unsubscribe link (U-19), or as a reply that says no more (U-22)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.utils import parseaddr

from pipeline.core.consent.tokens import Audience, Keyring
from pipeline.core.delivery import return_path
from pipeline.core.feedback.mime import Taken

PREFIX = "u+"
MOST_TOKENS = 20
MOST_LINES = 60

_ADDRESS = re.compile(r"(?<![a-z0-9])u\+([a-z2-7]{44})(?![a-z0-9])", re.IGNORECASE)
_OURS = re.compile(r"<([0-9a-f]{32})@([^<>\s]{1,253})>")
_QUOTE_BEGINS = re.compile(
    r"on .{3,200} wrote:|-{2,} ?original message|from: |le .{3,200} a écrit|am .{3,200} schrieb", re.I
)
_GOODBYE = re.compile(
    r"(?:please |kindly |hi |hello |could you )?"
    r"(?:unsubscribe|un-subscribe|stop|opt[ -]?out|cancel (?:my )?subscription|remove (?:me|my (?:e-?mail )?address)"
    r"|take me off)(?: me| us| please| this list| (?:from )?(?:this|your|the) (?:mailing )?list| now| all)*"
    r"(?: thanks?| thank you| please)?",
)


def make_leave_address(subscription_uid: bytes, keys: Keyring, domain: str) -> str:
    """`u+<token>@domain`: mail to it ends the subscription, whoever sends it, whatever it says (RFC 2369 section 3.2).

    The token is in the base32 of return paths, under the keys of unsubscribe links.
    """
    key = keys.keys[Audience.UNSUB, keys.current]
    return PREFIX + return_path.make(subscription_uid, key, keys.current, domain).removeprefix(
        return_path.PREFIX
    )


def read_leave_address(addresses: Iterable[str], keys: Keyring) -> bytes | None:
    """The uid of the subscription that one of the addresses ends; None for a token that we did not make."""
    tokens = [found[1] for address in addresses for found in _ADDRESS.finditer(address)][:MOST_TOKENS]
    unsub = keys.keys_for(Audience.UNSUB)
    read = (return_path.read(f"{return_path.PREFIX}{token}@", unsub) for token in tokens)
    return next((uid for uid in read if uid is not None), None)


def read_reply(taken: Taken, domain: str) -> tuple[bytes, str] | None:
    """(uid of the delivery, address of who wrote) of a reply that says nothing but goodbye; None for all else.

    The uid stands in the clear in a reply: it counts only where the writer is the delivery's own reader.
    """
    threads = " ".join(
        value for name in ("in-reply-to", "references") for value in taken.fields.get(name, ())
    )
    found = [match[1] for match in _OURS.finditer(threads) if match[2].lower() == domain.lower()]
    writer = parseaddr(taken.first("from"))[1]
    if not found or not writer or not _says_goodbye(taken):
        return None
    return bytes.fromhex(found[-1]), writer


def _says_goodbye(taken: Taken) -> bool:
    part = taken.part("text/plain")
    words = _plain(_own_words(part.text)) if part else ""
    if words:
        return bool(_GOODBYE.fullmatch(words))
    return bool(
        _GOODBYE.fullmatch(_plain(taken.first("subject")))
    )  # a reply is `Re: ...`: only a subject of their own


def _own_words(text: str) -> str:
    """What the writer wrote, above the quotation and the signature."""
    lines: list[str] = []
    for line in text.splitlines()[:MOST_LINES]:
        if line.startswith(">"):
            continue
        if line.rstrip() == "--" or _QUOTE_BEGINS.match(line.strip()[:300]):
            break
        lines.append(line[:300])
    return " ".join(lines)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s-]+", " ", text.lower()).split())[:200]
