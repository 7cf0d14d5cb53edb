"""Ask to be put on one or more lists: nothing but a confirmation mail comes of it (D-01)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.gate import SystemMail, decide
from pipeline.core.consent.ledger import PurposeConsent, fold
from pipeline.core.consent.limits import may_send_confirmation, network_of
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.suppression import Reason, active
from pipeline.core.errors import BadInput, Refused
from pipeline.gateways.keys import key_of, key_of_network
from pipeline.store import confirmations, consent, subscribers
from pipeline.store.confirmations import AskedFor
from pipeline.store.standing import must_renew
from pipeline.store.subscribers import random_uid

CONFIRM_WITHIN = timedelta(days=7)  # D-04


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a form sent. `placement` says which form, `page_url` where it stood; `zone` is an IANA name or empty."""

    address: str
    purposes: tuple[str, ...]
    placement: str
    page_url: str = ""
    form_version: str = ""
    client_ip: str = ""
    user_agent: str = ""
    zone: str = ""
    suspect_automation: bool = False


def subscribe(sign_up: SignUp, now: datetime) -> None:
    """Record the request and queue the confirmation mail.

    Returns nothing, and the same nothing for an address that is new, waiting, subscribed or suppressed (D-07).
    Raises BadInput for an address that cannot exist or no box ticked, Refused for a list without a notice (C-43).
    """
    address = parse(sign_up.address)
    if not sign_up.purposes:
        raise BadInput("Tick the box of the list that you would like to receive.")
    asked = _notices(sign_up.purposes, now)
    network = network_of(sign_up.client_ip)
    with transaction.atomic():
        person = subscribers.ensure(address.mailbox, key_of(address), now, zone=sign_up.zone)
        state = fold(consent.ledger_locked(person.id))
        stops = active(consent.suppressions(key_of(address)), now)
        # Whoever is on a list and whose mailbox bounced hears nothing until they confirm it anew (B-10, B-11).
        bounced = any(stop.reason in (Reason.HARD_BOUNCE, Reason.SOFT_LIMIT) for stop in stops)
        wanted = [n for n in asked if bounced or not _carries(state.of(n.purpose), n.purpose, now)]
        if not wanted or not decide(SystemMail(), state, stops):
            return
        purposes = [notice.purpose for notice in wanted]
        network_key = key_of_network(network)
        if may_send_confirmation(confirmations.counts(person.id, purposes, network_key, now)) is not None:
            return
        evidence = _evidence(sign_up, network)
        confirmation = confirmations.request(
            person.id,
            key_of(address),
            [AskedFor(n.purpose, n.notice_id, n.version) for n in wanted],
            evidence,
            network_key,
            now,
            now + CONFIRM_WITHIN,
        )
        consent.append(
            person.id,
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
                    evidence={**evidence, "confirmation": str(confirmation.uid)},
                    suspect_automation=sign_up.suspect_automation,
                )
                for notice in wanted
            ],
        )


def _carries(yes: PurposeConsent, purpose: str, now: datetime) -> bool:
    """Whether mail goes out on it. Somebody whose yes is over, or is to an earlier notice, signs up like anybody."""
    must = must_renew(purpose, now)
    outdated = must is not None and must.is_newer_than(yes.notice_version, yes.since)
    return yes.permits and not yes.lapsed(now) and not outdated


def _notices(purposes: tuple[str, ...], now: datetime) -> list[consent.StoredNotice]:
    """The notice in force for each purpose, in the order they were asked for, each once."""
    in_force = {notice.purpose: notice for notice in consent.current_notices(now.date())}
    missing = [p for p in purposes if p not in in_force]
    if missing:
        raise Refused(f"Sign-up for {missing[0]!r} is closed: no notice is published for it.")
    return [in_force[p] for p in dict.fromkeys(purposes)]


def _evidence(sign_up: SignUp, network: str) -> Mapping[str, object]:
    """What the ledger keeps of the request. The client's address is kept as its network only: /24, or /56 in IPv6."""
    return {
        "placement": sign_up.placement,
        "page_url": sign_up.page_url[:300],
        "form_version": sign_up.form_version,
        "network": network,
        "user_agent_sha256": hashlib.sha256(sign_up.user_agent.encode()).hexdigest()
        if sign_up.user_agent
        else "",
    }
