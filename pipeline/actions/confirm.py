"""The yes: a POST on the confirm page (D-03)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from pipeline.actions.record_consent import record_held
from pipeline.core.consent.entry import Actor, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.suppression import active, lifted_by_fresh_opt_in
from pipeline.core.consent.tokens import Audience, read
from pipeline.core.errors import NotFound
from pipeline.gateways.keys import keyring
from pipeline.store import confirmations, consent
from pipeline.store.confirmations import StoredConfirmation
from pipeline.store.held_ledger import HeldLedger
from pipeline.store.subscribers import random_uid

log = structlog.get_logger()
CUT_SHORT = "This link does not work. It may have been cut short: open it from the message again."


@dataclass(frozen=True, slots=True)
class ConfirmationPage:
    """What a confirm page shows. `state` is pending, confirmed, refused or expired.

    `doubted`: the button was pressed as machines press it, so that it said nothing, and is to be pressed once more.
    """

    state: str
    address: str
    notices: tuple[consent.StoredNotice, ...]
    doubted: bool = False


def look_at_confirmation(
    token: str, now: datetime, audience: Audience = Audience.CONFIRM
) -> ConfirmationPage:
    """What the link stands for. Changes nothing. Raises NotFound for a token that is not ours."""
    found = confirmations.by_uid(_uid(token, audience))
    if found is None:
        raise NotFound(CUT_SHORT)
    return _page(found, now)


def confirm(token: str, now: datetime, *, suspect_automation: bool = False) -> ConfirmationPage:
    """Record consent for what was asked for. A second time answers the same and records nothing (D-03, D-04).

    `suspect_automation`: it may have been a program that tests links. Then nothing is recorded, since a yes has to be
    a person's clear act (GDPR Art 4(11)), and the page asks for it once more. A no is taken from anybody (U-23).
    """
    with transaction.atomic():
        held = confirmations.hold(_uid(token, Audience.CONFIRM))
        if held is None:
            raise NotFound(CUT_SHORT)
        found = held.confirmation
        page = _page(found, now)
        if page.state != "pending":
            return page
        if suspect_automation:
            log.info("confirmation.doubted", confirmation=str(found.uid))
            return replace(page, doubted=True)
        said = [
            Entry(
                event_id=random_uid(),
                kind=EventKind.CONSENT_GIVEN,
                purpose=notice.purpose,
                occurred_at=now,
                actor=Actor.DATA_SUBJECT,
                method=Method.CONFIRM_POST,
                notice_id=notice.notice_id,
                notice_version=notice.version,
                consent_sentence_sha256=words_sha256(notice.consent_sentence),
                evidence_grade=EvidenceGrade.FULL,
                evidence={"confirmation": str(found.uid), "requested_at": found.created_at.isoformat()},
                notice_sha256=notice.body_sha256,
                valid_until=notice.lasts.after(now) if notice.lasts else None,
            )
            for notice in page.notices
        ]
        ledger = record_held(held.ledger, said)
        _lift(ledger, found, [notice.purpose for notice in page.notices], now)
        confirmations.close(found.id, "confirmed")
        return ConfirmationPage("confirmed", page.address, page.notices)


def _lift(ledger: HeldLedger, found: StoredConfirmation, purposes: Sequence[str], now: datetime) -> None:
    """A fresh yes ends what a no of the person's own had left for these lists (B-10, B-32), and what two of us had
    opened to it (decision 0026).
    """
    for suppression in active(consent.suppressions(ledger.address_key), now):
        if not lifted_by_fresh_opt_in(suppression, purposes, found.created_at):
            continue
        consent.lift(ledger.address_key, suppression, now)
        lifted = Entry(
            event_id=random_uid(),
            kind=EventKind.SUPPRESSION_LIFTED,
            purpose=None,
            occurred_at=now,
            actor=Actor.DATA_SUBJECT,
            method=Method.CONFIRM_POST,
            evidence={
                "confirmation": str(found.uid),
                "scope": suppression.scope,
                "reason": suppression.reason.value,
            },
        )
        ledger = record_held(ledger, [lifted])


def _uid(token: str, audience: Audience) -> UUID:
    id16 = read(audience, token, keyring())
    if id16 is None:
        raise NotFound(CUT_SHORT)
    return UUID(bytes=id16)


def _page(found: StoredConfirmation, now: datetime) -> ConfirmationPage:
    notices = tuple(consent.notices_named([(p.notice_id, p.notice_version) for p in found.purposes]))
    late = not found.address or (found.state == "pending" and now >= found.expires_at)  # or erased since
    return ConfirmationPage("expired" if late else found.state, found.address, notices)
