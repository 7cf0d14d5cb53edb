"""The yes: a POST on the confirm page (D-03)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.suppression import active, lifted_by_fresh_opt_in
from pipeline.core.consent.tokens import Audience, read
from pipeline.core.errors import NotFound
from pipeline.gateways.keys import key_of, keyring
from pipeline.store import confirmations, consent
from pipeline.store.confirmations import StoredConfirmation
from pipeline.store.subscribers import random_uid


@dataclass(frozen=True, slots=True)
class ConfirmationPage:
    """What a confirm page shows. `state` is pending, confirmed, refused or expired."""

    state: str
    address: str
    notices: tuple[consent.StoredNotice, ...]


def look_at_confirmation(
    token: str, now: datetime, audience: Audience = Audience.CONFIRM
) -> ConfirmationPage:
    """What the link stands for. Changes nothing. Raises NotFound for a token that is not ours."""
    found = confirmations.by_uid(_uid(token, audience))
    if found is None:
        raise NotFound("This link does not work. It may have been cut short: open it from the message again.")
    return _page(found, now)


def confirm(token: str, now: datetime, *, suspect_automation: bool = False) -> ConfirmationPage:
    """Record consent for what was asked for. A second time answers the same and records nothing (D-03, D-04)."""
    with transaction.atomic():
        found = confirmations.by_uid(_uid(token, Audience.CONFIRM), lock=True)
        if found is None:
            raise NotFound(
                "This link does not work. It may have been cut short: open it from the message again."
            )
        page = _page(found, now)
        if page.state != "pending":
            return page
        record_consent(
            found.subscriber_id,
            [
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
                    suspect_automation=suspect_automation,
                )
                for notice in page.notices
            ],
        )
        _lift(found, [notice.purpose for notice in page.notices], now)
        confirmations.close(found.id, "confirmed")
        return ConfirmationPage("confirmed", page.address, page.notices)


def _lift(found: StoredConfirmation, purposes: Sequence[str], now: datetime) -> None:
    """A fresh yes ends the suppressions that a no of the person's own had left for these lists (B-10, B-32)."""
    key = key_of(parse(found.address))
    for suppression in active(consent.suppressions(key), now):
        if not lifted_by_fresh_opt_in(suppression, purposes):
            continue
        consent.lift(key, suppression, now)
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
        record_consent(found.subscriber_id, [lifted])


def _uid(token: str, audience: Audience) -> UUID:
    id16 = read(audience, token, keyring())
    if id16 is None:
        raise NotFound("This link does not work. It may have been cut short: open it from the message again.")
    return UUID(bytes=id16)


def _page(found: StoredConfirmation, now: datetime) -> ConfirmationPage:
    notices = tuple(n for p in found.purposes if (n := consent.notice(p.notice_id, p.notice_version)))
    late = not found.address or (found.state == "pending" and now >= found.expires_at)  # or erased since
    return ConfirmationPage("expired" if late else found.state, found.address, notices)
