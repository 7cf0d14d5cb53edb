"""What the consent desk does to somebody's data, as the audit log calls it. Named here alone."""

from __future__ import annotations

from enum import StrEnum


class DeskEvent(StrEnum):
    SEARCHED = "subscriber.searched"
    SEEN = "subscriber.viewed"
    EXPORTED = "subscriber.exported"
    PROOF_MADE = "subscriber.proof_exported"
    CONSENT_CHANGED = "subscriber.consent_changed"
    ERASED = "subscriber.erased"
    SUPPRESSIONS_SEEN = "suppression.viewed"
    SUPPRESSION_LIFTED = "suppression.lifted"
    REQUEST_RECEIVED = "request.received"
    REQUEST_ACKNOWLEDGED = "request.acknowledged"
    REQUEST_EXTENDED = "request.extended"
    REQUEST_CLOSED = "request.closed"
