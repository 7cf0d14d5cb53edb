"""The state of consent, folded from the ledger and from nothing else (C-50).

Every kind of entry has its line in `EFFECTS`: which statuses it moves, and where to. A status that it
does not name stays as it is; so the fold is total, and a late or repeated entry can do no harm. Three
rules shape the table: *what takes permission away always works*; *a request never takes away a yes*
(anybody may type an address into a form); *only the person's own fresh yes brings a no back* (B-31:
imports, renewals and restores do not). And one keeps measuring apart (C-31): *the yes to it has a kind of
its own, which says yes to nothing else, and no other kind says it*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from types import MappingProxyType

from pipeline.core.consent.entry import ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.purpose import LASTS

S = ConsentStatus
ANY = frozenset(ConsentStatus)
PERMITTED = frozenset({S.GIVEN, S.RENEWED})


@dataclass(frozen=True, slots=True)
class Effect:
    """`after` replaces the status where it is one of `when`; None leaves every status alone. `only` is the one
    purpose that it can be about.
    """

    after: ConsentStatus | None = None
    when: frozenset[ConsentStatus] = ANY
    only: str | None = None
    person_wide: bool = False  # holds for every purpose, also one not yet heard of

    @property
    def grants(self) -> bool:
        """Whether it asks for something or says yes, and so has to name its purpose."""
        return self.after is not None and (self.after.permits or self.after is S.REQUESTED)


_NOTHING = Effect()

EFFECTS: Mapping[EventKind, Effect] = MappingProxyType(
    {
        EventKind.CONSENT_REQUESTED: Effect(S.REQUESTED, when=ANY - PERMITTED),
        EventKind.CONFIRM_SENT: _NOTHING,
        EventKind.CONFIRM_RESENT: _NOTHING,
        EventKind.CONFIRM_EXPIRED: Effect(S.EXPIRED, when=frozenset({S.REQUESTED})),
        EventKind.CONSENT_GIVEN: Effect(S.GIVEN),
        EventKind.CONSENT_REFUSED: Effect(S.REFUSED),
        EventKind.CONSENT_WITHDRAWN: Effect(S.WITHDRAWN),
        EventKind.OBJECTION_RECORDED: Effect(S.WITHDRAWN, person_wide=True),
        EventKind.RECONFIRM_REQUESTED: _NOTHING,
        EventKind.CONSENT_RENEWED: Effect(S.RENEWED, when=PERMITTED | {S.EXPIRED}),
        EventKind.CONSENT_EXPIRED: Effect(S.EXPIRED, when=PERMITTED),
        EventKind.CONSENT_INVALIDATED: Effect(S.INVALIDATED, when=PERMITTED | {S.REQUESTED}),
        EventKind.CONSENT_TERMINATED: Effect(S.TERMINATED, when=PERMITTED | {S.REQUESTED}),
        EventKind.NOTICE_CHANGED_INFORMED: _NOTHING,
        EventKind.TRACKING_CONSENT_GIVEN: Effect(S.GIVEN, only=OPEN_TRACKING),
        EventKind.TRACKING_CONSENT_WITHDRAWN: Effect(S.WITHDRAWN, only=OPEN_TRACKING),
        EventKind.LEGACY_IMPORTED: Effect(S.GIVEN, when=frozenset({S.UNKNOWN})),
        EventKind.PAUSED: _NOTHING,  # consent stands: a suppression with an end stops the mail
        EventKind.RESUMED: _NOTHING,
        EventKind.ADDRESS_CHANGED: _NOTHING,
        EventKind.COMPLAINT_FBL: Effect(S.WITHDRAWN, person_wide=True),
        EventKind.HARD_BOUNCED: _NOTHING,  # says nothing of the person's will: a suppression stops the mail
        EventKind.SUPPRESSION_ADDED: _NOTHING,
        EventKind.SUPPRESSION_LIFTED: _NOTHING,
        EventKind.SUPPRESSION_OPENED: _NOTHING,
        EventKind.SAR_RECEIVED: _NOTHING,
        EventKind.SAR_FULFILLED: _NOTHING,
        EventKind.ERASURE_RECEIVED: Effect(S.WITHDRAWN, person_wide=True),
        EventKind.ERASURE_COMPLETED: Effect(S.WITHDRAWN, person_wide=True),
        EventKind.DP_COMPLAINT_RECEIVED: _NOTHING,
        EventKind.DP_COMPLAINT_ACKED: _NOTHING,
        EventKind.DP_COMPLAINT_CLOSED: _NOTHING,
        EventKind.RECEIPT_ISSUED: _NOTHING,
    }
)


def says_yes(kind: EventKind) -> bool:
    """Whether entries of this kind give permission to mail."""
    after = EFFECTS[kind].after
    return after is not None and after.permits


def says_no(kind: EventKind) -> bool:
    """Whether entries of this kind take permission away, or say that there is none."""
    after = EFFECTS[kind].after
    return after is not None and not after.permits and after is not S.REQUESTED


@dataclass(frozen=True, slots=True)
class PurposeConsent:
    """Consent for one purpose. `since` is when the status began; a renewal or a repeated yes keeps it.

    `valid_until` is when a yes ends by itself (C-09): None where there is no yes.
    """

    status: ConsentStatus = ConsentStatus.UNKNOWN
    since: datetime | None = None
    seq: int = 0  # the entry that made the status
    notice_id: str = ""
    notice_version: int | None = None
    evidence_grade: EvidenceGrade | None = None
    valid_until: datetime | None = None

    @property
    def permits(self) -> bool:
        return self.status.permits

    @property
    def is_a_no(self) -> bool:
        """Whether the person's own no stands, so that a goodbye says nothing new. It does where a yes ran out: that
        could be renewed.
        """
        return self.status in (ConsentStatus.WITHDRAWN, ConsentStatus.REFUSED)

    def lapsed(self, now: datetime) -> bool:
        """Whether it is a yes that has ended, and nobody has written that down yet."""
        return self.permits and self.valid_until is not None and self.valid_until <= now


@dataclass(frozen=True, slots=True)
class ConsentState:
    """What the ledger says of one person. `elsewhere` holds for every purpose without an entry of its own."""

    purposes: Mapping[str, PurposeConsent] = field(default_factory=dict)
    elsewhere: PurposeConsent = PurposeConsent()

    def of(self, purpose: str) -> PurposeConsent:
        return self.purposes.get(purpose, self.elsewhere)

    @property
    def permitted(self) -> tuple[str, ...]:
        """The purposes that may be mailed for, in order of their names."""
        return tuple(sorted(p for p, consent in self.purposes.items() if consent.permits))


NO_ENTRIES = ConsentState()


def fold(entries: Iterable[Entry]) -> ConsentState:
    """The state after all entries of one person, in the order of `seq` whatever order they come in."""
    return reduce(apply, sorted(entries, key=lambda entry: entry.seq), NO_ENTRIES)


def apply(state: ConsentState, entry: Entry) -> ConsentState:
    """The state one entry later."""
    effect = EFFECTS[entry.kind]
    if effect.only is not None and entry.purpose != effect.only:
        return state
    if entry.purpose is not None and not effect.person_wide:
        changed = _consent_after(state.of(entry.purpose), entry)
        return replace(state, purposes={**state.purposes, entry.purpose: changed})
    if effect.grants:
        return state  # consent is specific (C-02): a yes that names no purpose is a yes to nothing
    named = set(state.purposes) if entry.purpose is None else {*state.purposes, entry.purpose}
    return ConsentState(
        purposes={p: _consent_after(state.of(p), entry) for p in sorted(named)},
        elsewhere=_consent_after(state.elsewhere, entry),
    )


def _consent_after(consent: PurposeConsent, entry: Entry) -> PurposeConsent:
    effect = EFFECTS[entry.kind]
    if not _moves(consent, effect, entry) or effect.after is None:
        return consent
    if not effect.after.permits:
        unmoved = consent.status is effect.after
        since, seq = (consent.since, consent.seq) if unmoved else (entry.occurred_at, entry.seq)
        return replace(consent, status=effect.after, since=since, seq=seq, valid_until=None)
    return PurposeConsent(
        status=effect.after,
        since=consent.since if consent.permits else entry.occurred_at,
        seq=entry.seq,
        notice_id=entry.notice_id or consent.notice_id,
        notice_version=entry.notice_version if entry.notice_id else consent.notice_version,
        evidence_grade=entry.evidence_grade or consent.evidence_grade,
        valid_until=entry.valid_until or LASTS.after(entry.occurred_at),
    )


def _moves(consent: PurposeConsent, effect: Effect, entry: Entry) -> bool:
    deficient = entry.evidence_grade is EvidenceGrade.DEFICIENT
    if (
        entry.kind is EventKind.LEGACY_IMPORTED
        and deficient
        and entry.method is not Method.IMPORT_BY_DECISION
    ):
        return False  # C-43: kept on record, mailed by nobody, unless the controller decided so
    if entry.purpose == OPEN_TRACKING and effect.grants and effect.only is None:
        return False
    return consent.status in effect.when
