"""Sign in with a passkey alone: what one holds, and the PIN or finger by which its device knows them (WebAuthn 7.2).

The question travels in the page, sealed and with an end, so that a stranger's visit leaves no row here.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.core.accounts.attempt_limits import ASKED
from pipeline.core.errors import BadInput
from pipeline.gateways import passkeys
from pipeline.gateways.keys import key_of_attempt, passkey_handle, seal, unseal
from pipeline.store import attempts, second_factors

USE = "sign-in with a passkey"
LATE = "This page was open for too long. Load it again, and try once more."


@dataclass(frozen=True, slots=True)
class Question:
    """`question` is what the browser is asked, as JSON; `asked` comes back with its answer."""

    question: str
    asked: str


def ask_any_passkey(now: datetime) -> Question | None:
    """None where browsers would not do it."""
    if not passkeys.possible():
        return None
    question, state = passkeys.begin_alone()
    kept = json.dumps({"state": dict(state), "ends": (now + ASKED.window).timestamp()}).encode()
    return Question(question, base64.urlsafe_b64encode(seal(kept, USE)).decode())


def sign_in_by_passkey(asked: str, answer: str, now: datetime) -> int | None:
    """Whose passkey it is: the member's id. None for one that is not known, not theirs, a copy, or without its PIN.

    An answer is good once. Raises BadInput where the question is too old, or not ours.
    """
    try:
        opened = unseal(base64.urlsafe_b64decode(asked.encode("ascii")), USE)
    except ValueError:
        opened = None
    kept = json.loads(opened) if opened else {}
    if now.timestamp() >= kept.get("ends", 0):
        raise BadInput(LATE)
    named = passkeys.named_in(answer)
    found = second_factors.passkey_by_id(named[0]) if named else None
    if named is None or found is None:
        return None
    member_id, key = found
    if not hmac.compare_digest(named[1], passkey_handle(member_id)):
        return None
    used = passkeys.finish_using(kept["state"], [key], answer)
    if used is None or not _for_the_first_time(kept["state"], now):
        return None
    return member_id if second_factors.use_passkey(used.id, used.count, now) else None


def _for_the_first_time(state: Mapping[str, object], now: datetime) -> bool:
    """By the question itself and not by how it was written down: base64 has many spellings of one text."""
    question = json.dumps(state, sort_keys=True)
    return attempts.begin({key_of_attempt(f"asked {question}"): (ASKED,)}, now) is not None
