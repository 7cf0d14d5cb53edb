"""Give a member an authenticator app as second factor, once it has shown that it works."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.actions.record_audit import record
from pipeline.core.accounts import totp
from pipeline.core.accounts.member import Who
from pipeline.core.accounts.second_factor import Proof
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import MEMBER, Event
from pipeline.gateways.keys import seal, unseal
from pipeline.settings import current
from pipeline.store import second_factors

GOOD_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A secret that no app has yet. `sealed` goes with the form and comes back, so that a look leaves nothing here."""

    address: str  # for the QR code
    words: str
    sealed: str


def propose_app(who: Who, now: datetime) -> Proposal:
    """A new secret for the member's app."""
    secret = secrets.token_bytes(totp.SECRET_BYTES)
    ends = int((now + GOOD_FOR).timestamp()).to_bytes(8, "big")
    sealed = base64.urlsafe_b64encode(seal(ends + secret, f"proposal {who.id}")).decode()
    return Proposal(totp.address_of(secret, who.name, current().sender_name), totp.in_words(secret), sealed)


def proposal_of(who: Who, sealed: str) -> Proposal:
    """The same proposal again, for a page that comes back with an error. Raises BadInput for one that is not ours."""
    _, secret = _opened(who, sealed)
    return Proposal(totp.address_of(secret, who.name, current().sender_name), totp.in_words(secret), sealed)


def set_up_app(who: Who, sealed: str, code: str, now: datetime) -> None:
    """Take the proposed secret if `code` is of it, in the place of an app that was there before.

    Raises BadInput for a proposal that is old or another member's, and for a code that does not fit.
    """
    ends, secret = _opened(who, sealed)
    if now.timestamp() > ends:
        raise BadInput("This page was open for too long. Load it again, and scan the new code.")
    step = totp.matching_step(secret, code, now, after=0)
    if step is None:
        raise BadInput(
            "This is not the code that the app shows for this page. Type the newest one; if it keeps failing, set the "
            "clock of the telephone to automatic.",
            field="code",
        )
    second_factors.save_totp(who.id, seal(secret, seal_use(who.id)), step, now)
    record(
        Event.FACTOR_ADDED, member=who.name, about=f"{MEMBER}{who.name}", detail={"kind": Proof.TOTP.value}
    )


def seal_use(member_id: int) -> str:
    """What a secret at rest is bound to: moved to another member's row, it does not open."""
    return f"totp {member_id}"


def _opened(who: Who, sealed: str) -> tuple[int, bytes]:
    try:
        opened = unseal(base64.urlsafe_b64decode(sealed.encode("ascii")), f"proposal {who.id}")
    except ValueError:
        opened = None
    if opened is None:
        raise BadInput("This page does not belong to this sign-in. Load it again, and scan the new code.")
    return int.from_bytes(opened[:8], "big"), opened[8:]
