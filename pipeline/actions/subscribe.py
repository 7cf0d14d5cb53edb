"""Ask to be put on one or more lists: at most a confirmation mail comes of it (D-01), and sometimes a person looks
first (D-09).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from pipeline.core.address import Address, parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.gate import SystemMail, decide
from pipeline.core.consent.ledger import PurposeConsent
from pipeline.core.consent.limits import (
    DEFAULT,
    Asker,
    Limit,
    Ruling,
    Verdict,
    may_send_confirmation,
    network_of,
)
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.role_address import is_public_body, is_role
from pipeline.core.consent.suppression import Reason, active, against_sign_up
from pipeline.core.errors import BadInput, Refused
from pipeline.gateways.keys import key_of, key_of_domain, key_of_form, key_of_network
from pipeline.store import alerts, confirmations, consent, spent_forms
from pipeline.store.confirmations import AskedFor, Counted
from pipeline.store.held_ledger import HeldLedger, hold_mailbox
from pipeline.store.standing import must_renew
from pipeline.store.subscribers import random_uid

CONFIRM_WITHIN = timedelta(days=7)  # D-04


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a form sent. `placement` says which form, `page_url` where it stood; `zone` is an IANA name or empty.

    `stamp` are the 16 bytes of the form's token, good once; None where there was no form. `solved`: its puzzle was.
    """

    address: str
    purposes: tuple[str, ...]
    placement: str
    page_url: str = ""
    form_version: str = ""
    client_ip: str = ""
    user_agent: str = ""
    zone: str = ""
    suspect_automation: bool = False
    stamp: bytes | None = None
    solved: bool = False


ALERT, EVERYWHERE = "sign_ups", "everywhere"


def subscribe(
    sign_up: SignUp, now: datetime, *, in_force: Sequence[consent.StoredNotice] | None = None
) -> bool:
    """Record the request and queue the confirmation mail.

    Returns True, and the same for an address that is new, waiting, subscribed or suppressed (D-07). False for a form
    that was sent already and says something else now: its stamp is spent, and the page gives it a new one.
    `in_force` are the notices of a form that was made just now; without it they are read.
    Raises BadInput for an address that cannot exist or no box ticked, Refused for a list without a notice (C-43).
    """
    address = parse(sign_up.address)
    if not sign_up.purposes:
        raise BadInput("Tick the box of the list that you would like to receive.")
    asked = _notices(sign_up.purposes, consent.current_notices(now.date()) if in_force is None else in_force)
    network = network_of(sign_up.client_ip)
    counted = Counted(key_of_network(network), key_of_domain(address), sign_up.solved)
    with transaction.atomic():
        if sign_up.stamp is not None:
            told = key_of_form("\n".join([*sorted(sign_up.purposes), address.mailbox.lower()]))
            before = spent_forms.spend(sign_up.stamp, told, now)
            if before is not None:
                return before == told
        ledger = hold_mailbox(address.mailbox, key_of(address), now, zone=sign_up.zone)
        confirmations.hold_network(counted.network_key)
        stops = active(consent.suppressions(ledger.address_key), now)
        # Whoever is on a list and whose mailbox bounced hears nothing until they confirm it anew (B-10, B-11).
        bounced = any(stop.reason in (Reason.HARD_BOUNCE, Reason.SOFT_LIMIT) for stop in stops)
        wanted = [n for n in asked if bounced or not _carries(ledger.state.of(n.purpose), n.purpose, now)]
        if not wanted or not decide(SystemMail(), ledger.state, against_sign_up(stops, now)):
            return True
        purposes = [notice.purpose for notice in wanted]
        ruling = _ruling(ledger.subscriber_id, purposes, counted, address, now)
        if ruling.verdict is not Verdict.DROP:
            _ask(ledger, wanted, _evidence(sign_up, network), counted, ruling, sign_up, now)
        if ruling.because is Limit.EVERYWHERE:
            alerts.raised(ALERT, EVERYWHERE, TOO_MANY, now)
    return True


TOO_MANY = (
    f"More than {DEFAULT.everywhere_hour} people asked for a confirmation mail within an hour. No more are sent until "
    "there are fewer: new sign-ups are held for review. It may be a mail bomb: look at `rounds held list`."
)


def _ruling(
    subscriber_id: int, purposes: list[str], counted: Counted, address: Address, now: datetime
) -> Ruling:
    counts = confirmations.counts(subscriber_id, purposes, counted, now)
    asker = Asker(solved=counted.solved, role=is_role(address), public_body=is_public_body(address))
    return may_send_confirmation(counts, asker=asker)


def _ask(
    ledger: HeldLedger,
    wanted: list[consent.StoredNotice],
    evidence: Mapping[str, object],
    counted: Counted,
    ruling: Ruling,
    sign_up: SignUp,
    now: datetime,
) -> None:
    held = ruling.because if ruling.verdict is Verdict.HOLD else None
    confirmation = confirmations.request(
        ledger,
        [AskedFor(n.purpose, n.notice_id, n.version) for n in wanted],
        evidence,
        counted,
        now,
        now + CONFIRM_WITHIN,
        held=held,
    )
    more = {"confirmation": str(confirmation), **({"held": held.value} if held else {})}
    ledger.append(
        [
            Entry(
                event_id=random_uid(),
                kind=EventKind.CONSENT_REQUESTED,
                purpose=notice.purpose,
                occurred_at=now,
                actor=Actor.DATA_SUBJECT,
                method=Method.FORM_BUTTON,
                notice_id=notice.notice_id,
                notice_version=notice.version,
                consent_sentence_sha256=words_sha256(notice.consent_sentence),
                evidence={**evidence, **more},
                suspect_automation=sign_up.suspect_automation,
            )
            for notice in wanted
        ],
    )


def _carries(yes: PurposeConsent, purpose: str, now: datetime) -> bool:
    """Whether mail goes out on it. Somebody whose yes is over, or is to an earlier notice, signs up like anybody."""
    if not yes.permits or yes.lapsed(now):
        return False
    must = must_renew(purpose, now)
    return must is None or not must.is_newer_than(yes.notice_version, yes.since)


def _notices(
    purposes: tuple[str, ...], in_force: Sequence[consent.StoredNotice]
) -> list[consent.StoredNotice]:
    """The notice in force for each purpose, in the order they were asked for, each once."""
    known = {notice.purpose: notice for notice in in_force}
    missing = [p for p in purposes if p not in known]
    if missing:
        raise Refused(f"Sign-up for {missing[0]!r} is closed: no notice is published for it.")
    return [known[p] for p in dict.fromkeys(purposes)]


def _evidence(sign_up: SignUp, network: str) -> Mapping[str, object]:
    """What the ledger keeps of the request. The client's address is kept as its network only: /24, or /56 in IPv6."""
    return {
        "placement": sign_up.placement,
        "page_url": sign_up.page_url[:300],
        "form_version": sign_up.form_version,
        "puzzle_solved": sign_up.solved,
        "network": network,
        "user_agent_sha256": hashlib.sha256(sign_up.user_agent.encode()).hexdigest()
        if sign_up.user_agent
        else "",
    }
