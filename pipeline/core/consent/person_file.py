"""Everything that is kept of one person, as JSON they can take along (UK GDPR 15 and 20).

`docs/schema/person-file.json` describes it. The form has a version: a reader that knows it can rely on every key. A new
key may come without a new version; none changes its meaning or goes away.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from pipeline.core.consent.entry import Entry
from pipeline.core.consent.evidence import Evidence, ShownNotice, standings
from pipeline.core.consent.record import VALID_MONTHS, consent_records
from pipeline.core.consent.rights import lost, readable

FORM = "rounds-person/1"
RIGHTS = (
    "You may have this corrected or erased, object to direct marketing, withdraw your consent, and complain to us or "
    "to the Information Commissioner's Office (ico.org.uk). We do not profile you and make no automated decisions."
)


def person_file(evidence: Evidence, now: datetime, *, valid_months: int = VALID_MONTHS) -> dict[str, Any]:
    """Plain JSON: strings, whole numbers, truth values, lists and objects. Moments are ISO 8601 in UTC."""
    person, controller = evidence.person, evidence.controller
    whole: dict[str, Any] = _plain(
        {
            "form": FORM,
            "made_at": now,
            "controller": {
                "name": controller.name,
                "address": controller.address,
                "email": controller.email,
                "company_number": controller.number,
            },
            "rights": RIGHTS,
            "subscriber": {
                "id": person.uid,
                "address": person.address,
                "given_name": person.given_name,
                "time_zone": person.zone,
                "since": person.since,
            },
            "lists": [
                {
                    "purpose": one.purpose,
                    "title": one.title,
                    "may_be_mailed": one.may_mail,
                    "because": one.why,
                    "status": one.consent.status,
                    "since": one.consent.since,
                    "notice": one.consent.notice_id,
                    "notice_version": one.consent.notice_version,
                    "evidence_grade": one.consent.evidence_grade,
                    "tracking": evidence.measuring.permits,
                }
                for one in standings(evidence, now)
            ],
            "opens": {
                "allowed": evidence.measuring.permits,
                "since": evidence.measuring.since,
                "last_opened_on": evidence.last_open,
            },
            "ledger": [_entry(entry) for entry in evidence.entries],
            "notices": [notice_file(notice) for notice in evidence.notices],
            "confirmations": [
                {
                    "id": one.uid,
                    "asked_at": one.asked_at,
                    "expires_at": one.expires_at,
                    "state": one.state,
                    "lists": [
                        {"purpose": purpose, "notice": notice, "notice_version": version}
                        for purpose, notice, version in one.purposes
                    ],
                    "form": one.form,
                }
                for one in evidence.asked
            ],
            "letters": [
                {
                    "id": one.uid,
                    "kind": one.stream,
                    "title": one.title,
                    "issue": one.issue,
                    "made_at": one.made_at,
                    "outcome": one.fate,
                    "reason": one.reason,
                    "done_at": one.done_at,
                    "code": one.code,
                    "mail_server_said": one.said,
                }
                for one in evidence.letters
            ],
            "reports": [
                {
                    "at": one.at,
                    "kind": one.kind,
                    "source": one.source,
                    "letter": one.letter,
                    "code": one.code,
                    "said": one.said,
                }
                for one in evidence.reports
            ],
            "suppressions": [
                {"scope": one.scope, "reason": one.reason, "since": one.since, "until": one.until}
                for one in evidence.barriers
            ],
            "requests": [
                {
                    "id": one.uid,
                    "kind": one.kind,
                    "channel": one.channel,
                    "received_at": one.received_at,
                    "due_at": one.due_at,
                    "acknowledged_at": one.acknowledged_at,
                    "closed_at": one.closed_at,
                    "state": one.state,
                    "outcome": one.outcome,
                    "words": readable(one.words),
                    "answer": readable(one.answer),
                    "lost": lost(one.words, one.answer),
                    "steps": [{"what": what, "at": at} for what, at in one.steps],
                }
                for one in evidence.demands
            ],
            "courses": [
                {
                    "name": one.name,
                    "joined_at": one.joined_at,
                    "next_issue": one.next_number,
                    "next_due_at": one.next_due_at,
                }
                for one in evidence.courses
            ],
            "consent_records": consent_records(evidence, valid_months=valid_months),
        }
    )
    return whole


def notice_file(notice: ShownNotice) -> dict[str, Any]:
    """A notice, word for word."""
    return {
        "notice": notice.notice_id,
        "version": notice.version,
        "purpose": notice.purpose,
        "title": notice.title,
        "language": notice.language,
        "effective_from": notice.effective_from,
        "words": notice.words,
        "sha256": notice.sha256,
        "consent_sentence": notice.consent_sentence,
        "consent_sentence_sha256": notice.sentence_sha256,
        "button_label": notice.button_label,
        "policy_url": notice.policy_url,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.event_id,
        "kind": entry.kind,
        "purpose": entry.purpose,
        "at": entry.occurred_at,
        "by": entry.actor,
        "method": entry.method,
        "status_after": entry.state_after,
        "notice": entry.notice_id,
        "notice_version": entry.notice_version,
        "consent_sentence_sha256": entry.consent_sentence_sha256,
        "evidence_grade": entry.evidence_grade,
        "evidence": entry.evidence,
        "may_be_a_machine": entry.suspect_automation,
    }


def _plain(value: Any) -> Any:
    """The value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
