"""One entry of the consent ledger, in the words of ISO/IEC TS 27560 and the Data Privacy Vocabulary
(standards 2.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class EventKind(StrEnum):
    """What happened. What each kind does to consent is told in one place: `ledger.py`."""

    CONSENT_REQUESTED = "CONSENT_REQUESTED"
    CONFIRM_SENT = "CONFIRM_SENT"
    CONFIRM_RESENT = "CONFIRM_RESENT"
    CONFIRM_EXPIRED = "CONFIRM_EXPIRED"
    CONSENT_GIVEN = "CONSENT_GIVEN"
    CONSENT_REFUSED = "CONSENT_REFUSED"  # "this was not me"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    OBJECTION_RECORDED = "OBJECTION_RECORDED"  # GDPR Art 21(2): absolute, C-06
    RECONFIRM_REQUESTED = "RECONFIRM_REQUESTED"
    CONSENT_RENEWED = "CONSENT_RENEWED"
    CONSENT_EXPIRED = "CONSENT_EXPIRED"
    CONSENT_INVALIDATED = "CONSENT_INVALIDATED"
    CONSENT_TERMINATED = "CONSENT_TERMINATED"  # the controller ends the list
    NOTICE_CHANGED_INFORMED = "NOTICE_CHANGED_INFORMED"
    TRACKING_CONSENT_GIVEN = "TRACKING_CONSENT_GIVEN"
    TRACKING_CONSENT_WITHDRAWN = "TRACKING_CONSENT_WITHDRAWN"
    LEGACY_IMPORTED = "LEGACY_IMPORTED"
    PAUSED = "PAUSED"  # a list rests for a while by the person's choice; consent stands
    RESUMED = "RESUMED"
    ADDRESS_CHANGED = "ADDRESS_CHANGED"
    COMPLAINT_FBL = "COMPLAINT_FBL"  # "report spam", by way of a feedback loop
    HARD_BOUNCED = "HARD_BOUNCED"
    SUPPRESSION_ADDED = "SUPPRESSION_ADDED"
    SUPPRESSION_LIFTED = "SUPPRESSION_LIFTED"
    SUPPRESSION_OPENED = "SUPPRESSION_OPENED"  # it stands, until the person signs up anew and confirms
    SAR_RECEIVED = "SAR_RECEIVED"  # a request for access, GDPR Art 15
    SAR_FULFILLED = "SAR_FULFILLED"
    ERASURE_RECEIVED = "ERASURE_RECEIVED"
    ERASURE_COMPLETED = "ERASURE_COMPLETED"
    DP_COMPLAINT_RECEIVED = "DP_COMPLAINT_RECEIVED"  # DPA 2018 s.164A, C-16
    DP_COMPLAINT_ACKED = "DP_COMPLAINT_ACKED"
    DP_COMPLAINT_CLOSED = "DP_COMPLAINT_CLOSED"
    RECEIPT_ISSUED = "RECEIPT_ISSUED"


class ConsentStatus(StrEnum):
    """Where consent for one purpose stands after an entry (`state_after` in the ledger). Names of the DPV."""

    UNKNOWN = "unknown"
    REQUESTED = "requested"
    GIVEN = "given"
    RENEWED = "renewed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    INVALIDATED = "invalidated"

    @property
    def permits(self) -> bool:
        """Only these two allow mail."""
        return self in (ConsentStatus.GIVEN, ConsentStatus.RENEWED)


class Actor(StrEnum):
    """Who did it."""

    DATA_SUBJECT = "data_subject"
    PARENT = "parent"
    CONTROLLER_USER = "controller_user"
    PROCESSOR = "processor"
    MAILBOX_PROVIDER = "mailbox_provider"
    SYSTEM = "system"


class Method(StrEnum):
    """By what door."""

    FORM_BUTTON = "form_button"
    CONFIRM_POST = "confirm_post"
    NOT_ME_POST = "not_me_post"
    ONE_CLICK_POST = "one_click_post"  # RFC 8058, sent by a mailbox provider's machine
    UNSUBSCRIBE_PAGE = "unsubscribe_page"  # the button a person pressed
    RENEW_POST = "renew_post"  # the button behind the letter that asked for a new yes
    UNDO = "undo"  # a fresh yes on the page that confirmed the goodbye (U-21)
    PREFERENCE_PAGE = "preference_page"
    ADDRESS_PAGE = "address_page"  # the button that confirms or takes back another address
    MAILTO = "mailto"
    REPLY = "reply"
    FBL = "fbl"
    BOUNCE = "bounce"
    IMPORT = "import"
    IMPORT_BY_DECISION = (
        "import_by_decision"  # the evidence is deficient, and the controller answers for it (C-43)
    )
    ADMIN = "admin"
    ERASURE = "erasure"
    SCHEDULER = "scheduler"


class EvidenceGrade(StrEnum):
    """How well a yes can be proved (Art 7(1))."""

    FULL = "full"  # by a link in the mailbox itself, under an archived notice: double opt-in, or a later yes
    SINGLE_OPT_IN = "single_opt_in"
    IMPORTED = "imported"  # kept elsewhere, described on import
    DEFICIENT = "deficient"  # the notice shown could not carry consent: gives nothing by itself (C-43)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is appended. `seq` is 0 until the store has given it its place; it alone orders entries.

    `purpose` None means every purpose. `occurred_at` is aware, in UTC. `state_after` is what the fold
    says after this entry, kept so that the ledger reads by itself; the fold never trusts it. `evidence`
    holds no address and no topic.
    """

    event_id: UUID  # the idempotency key
    kind: EventKind
    purpose: str | None
    occurred_at: datetime
    actor: Actor
    method: Method
    state_after: ConsentStatus = ConsentStatus.UNKNOWN
    notice_id: str = ""
    notice_version: int | None = None
    consent_sentence_sha256: str = ""
    evidence_grade: EvidenceGrade | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)
    suspect_automation: bool = False
    # Of a yes; the store fills them in where they are not given (`store.consent.append`).
    notice_sha256: str = ""  # of the notice's words, so that the seals cover them
    valid_until: datetime | None = None  # DPV-27560 8.5.4: the event's duration
    seq: int = 0
