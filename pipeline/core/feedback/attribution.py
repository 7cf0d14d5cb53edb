"""Whose message a report is about: by a token that we made and by nothing else (B-02, B-26).

A report is as easily forged as any message (RFC 3464 section 4.1), and the address in it may be another than the one
that we wrote to (section 2.3.2). So an address in a report is never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.core.consent.tokens import Audience, Keyring
from pipeline.core.consent.tokens import read as read_token
from pipeline.core.delivery import return_path

MOST_TOKENS = 20  # that are tried in one report: a guess costs a MAC, and a report may hold a million

# Somewhere in an address: forwarders wrap it, as in `SRS0=x=y=bounces.example=b+<token>@forwarder.example`.
_RETURN_PATH = re.compile(r"(?<![a-z0-9])b\+[a-z2-7]{44}(?![a-z0-9])", re.IGNORECASE)
_ENVELOPE_ID = re.compile(r"(?<![a-z0-9])[a-z2-7]{44}(?![a-z0-9])", re.IGNORECASE)
_LINK = re.compile(r"/u/([A-Za-z0-9_-]{36})(?![A-Za-z0-9_-])")
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@")


@dataclass(frozen=True, slots=True)
class Attribution:
    """`contradictory`: valid tokens of two different deliveries, so that the report is not what it seems."""

    delivery_uid: bytes | None = None
    subscription_uid: bytes | None = None
    claimed_uid: bytes | None = None
    contradictory: bool = False


def attribute(
    envelope: Iterable[str], envelope_ids: Iterable[str], returned: Mapping[str, str], keys: Keyring
) -> Attribution:
    """`envelope`: where the report was sent to and whom the message was from; `returned`: headers of the message that
    came back, their names in small letters.
    """
    verp = keys.keys_for(Audience.VERP)
    paths = [*envelope, returned.get("return-path", ""), returned.get("errors-to", "")]
    spelt = [found[0] for text in paths for found in _RETURN_PATH.finditer(text)]
    spelt += [
        f"{return_path.PREFIX}{found[0]}" for text in envelope_ids for found in _ENVELOPE_ID.finditer(text)
    ]
    uids = dict.fromkeys(uid for path in spelt[:MOST_TOKENS] if (uid := return_path.read(f"{path}@", verp)))
    links = _LINK.findall(returned.get("list-unsubscribe", ""))[:MOST_TOKENS]
    subscriptions = [uid for link in links if (uid := read_token(Audience.UNSUB, link, keys))]
    claimed = _MESSAGE_ID.search(returned.get("message-id", ""))
    return Attribution(
        delivery_uid=next(iter(uids), None),
        subscription_uid=next(iter(subscriptions), None),
        claimed_uid=bytes.fromhex(claimed[1]) if claimed else None,
        contradictory=len(uids) > 1,
    )
