"""Hand out everything that is kept of one person (UK GDPR 15 and 20), or the records of their consent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pipeline.actions.gather_evidence import gather_evidence
from pipeline.core.consent.person_file import person_file
from pipeline.core.consent.record import consent_records


def export_subscriber(subscriber_id: int, now: datetime) -> dict[str, Any]:
    """As `docs/schema/person-file.json` describes it, fit for JSON. Of nobody else is a word in it."""
    return person_file(gather_evidence(subscriber_id, now), now)


def export_consent_records(subscriber_id: int, now: datetime) -> dict[str, Any]:
    """Their consents alone, as ISO/IEC TS 27560 records in JSON-LD: one for each purpose and grant (C-52)."""
    records = consent_records(gather_evidence(subscriber_id, now))
    return {"@context": records[0]["@context"] if records else {}, "@graph": records}
