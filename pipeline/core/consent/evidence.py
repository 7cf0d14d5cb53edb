"""Everything that is kept of one person, as one value: what the desk shows, what a proof quotes, what an export holds.

`Evidence` is of one person alone. Whatever is made of it (the page, the PDF, the JSON) needs nothing else, and so
cannot tell of anybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from pipeline.core.consent.entry import ConsentStatus, Entry
from pipeline.core.consent.gate import Allowed, ListMail, Stop, decide
from pipeline.core.consent.ledger import ConsentState, PurposeConsent, fold
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.notice_change import InForce
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.purpose import PurposeVersion
from pipeline.core.consent.rights import Channel, Outcome, RequestKind, RequestState, Words
from pipeline.core.consent.suppression import ALL, MARKETING, Door, Reason, Suppression, active, list_scope


@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for the data, as notices and footers name them."""

    name: str
    address: str
    email: str
    number: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """`address` and `given_name` are empty for somebody who was erased."""

    uid: UUID
    address: str
    given_name: str
    zone: str
    since: datetime

    @property
    def erased(self) -> bool:
        return not self.address


@dataclass(frozen=True, slots=True)
class ShownNotice:
    """One version of a notice, word for word as people saw it. `sha256` is what was kept beside the words."""

    notice_id: str
    version: int
    purpose: str
    title: str
    language: str
    words: str
    sha256: str
    consent_sentence: str
    button_label: str
    policy_url: str
    effective_from: date
    findings: tuple[str, ...] = ()
    facts: PurposeVersion | None = None  # of the purpose, as the notice told of it

    @property
    def intact(self) -> bool:
        """Whether the words still have the hash that was kept beside them."""
        return words_sha256(self.words) == self.sha256

    @property
    def sentence_sha256(self) -> str:
        return words_sha256(self.consent_sentence)


@dataclass(frozen=True, slots=True)
class Asked:
    """A letter that asked to confirm an address. `purposes`: purpose, notice, version."""

    uid: UUID
    asked_at: datetime
    expires_at: datetime
    state: str  # pending | confirmed | refused | expired
    purposes: tuple[tuple[str, str, int], ...]
    form: Mapping[str, object]


class Fate(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    HANDED_OVER = "handed_over"  # the next mail server took it
    PROBABLY = "probably_handed_over"
    UNKNOWN = "unknown"
    REFUSED = "refused"  # by the recipient's mail server or ours
    NOT_SENT = "not_sent"  # stopped, cancelled or too old before it left


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to this person. `issue` is the campaign and number of an issue, empty for a confirmation letter."""

    uid: UUID
    stream: str  # newsletter | confirmation
    title: str
    issue: str
    made_at: datetime
    fate: Fate
    reason: str
    done_at: datetime | None
    code: int | None
    said: str  # by the mail server, without any address in it


@dataclass(frozen=True, slots=True)
class Report:
    """What was heard of a letter afterwards: a bounce, a complaint."""

    at: datetime
    kind: str
    source: str
    letter: UUID | None
    code: str
    said: str


@dataclass(frozen=True, slots=True)
class Barrier:
    """A suppression, with its days."""

    scope: str
    reason: Reason
    since: datetime
    until: datetime | None
    door: Door | None = None

    @property
    def suppression(self) -> Suppression:
        return Suppression(self.scope, self.reason, self.until, self.door)


@dataclass(frozen=True, slots=True)
class Demand:
    """A request of this person's under the law. `steps`: what, when. No member of staff is named."""

    uid: UUID
    kind: RequestKind
    channel: Channel
    received_at: datetime
    due_at: datetime
    acknowledged_at: datetime | None
    closed_at: datetime | None
    state: RequestState
    outcome: Outcome | None
    words: Words
    answer: Words
    steps: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A series that this person follows at their own pace. `next_due_at` None: they have had all of it."""

    name: str
    joined_at: datetime
    next_number: int
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """`titles`: the name of every list that there is, by purpose. All lists of this are in the order of time."""

    person: Person
    controller: Controller
    titles: Mapping[str, str]
    entries: tuple[Entry, ...]
    notices: tuple[ShownNotice, ...]
    asked: tuple[Asked, ...]
    letters: tuple[Letter, ...]
    reports: tuple[Report, ...]
    barriers: tuple[Barrier, ...]
    demands: tuple[Demand, ...]
    courses: tuple[Course, ...] = ()
    must_renew: Mapping[str, InForce] = field(
        default_factory=dict
    )  # by purpose: the newest version that asks again
    last_open: date | None = None  # the day that is kept of the last opened email, of those who agreed to it

    @property
    def state(self) -> ConsentState:
        return fold(self.entries)

    @property
    def measuring(self) -> PurposeConsent:
        """Where the yes to noting the day of the last opened email stands."""
        return self.state.of(OPEN_TRACKING)

    def notice(self, notice_id: str, version: int | None) -> ShownNotice | None:
        return next((n for n in self.notices if (n.notice_id, n.version) == (notice_id, version)), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """May we mail this person for one list, why, and since when. `why` is a consent status, or a suppression's reason
    where one stands in the way.
    """

    purpose: str
    title: str
    may_mail: bool
    why: str
    consent: PurposeConsent
    suppressed: bool
    since: datetime | None  # of the consent's status, or of the suppression


def standings(evidence: Evidence, now: datetime) -> list[Standing]:
    """The answer for every list that there is, by the same gate that the senders ask. Measuring is no list."""
    return [standing_of(evidence, purpose, now) for purpose in evidence.titles if purpose != OPEN_TRACKING]


def standing_of(evidence: Evidence, purpose: str, now: datetime) -> Standing:
    """The answer for one purpose of `evidence.titles`. Of measuring `may_mail` says whether we may measure."""
    title, state = evidence.titles[purpose], evidence.state
    barriers = {barrier.suppression: barrier.since for barrier in evidence.barriers}
    must_renew = evidence.must_renew.get(purpose)
    decision = decide(ListMail(purpose), state, active(barriers, now), now=now, must_renew=must_renew)
    consent = state.of(purpose)
    if isinstance(decision, Allowed):
        return Standing(purpose, title, True, consent.status.value, consent, False, consent.since)
    if decision.reason is Stop.NO_CONSENT:
        return Standing(purpose, title, False, decision.detail, consent, False, consent.since)
    if decision.reason in (Stop.CONSENT_EXPIRED, Stop.NOTICE_OUTDATED):
        return Standing(purpose, title, False, decision.reason.value, consent, False, consent.since)
    scope = _SCOPES.get(decision.reason) or list_scope(purpose)
    since = min(at for s, at in barriers.items() if (s.scope, s.reason.value) == (scope, decision.detail))
    return Standing(purpose, title, False, decision.detail, consent, True, since)


_SCOPES = {Stop.SUPPRESSED_ALL: ALL, Stop.SUPPRESSED_MARKETING: MARKETING}

_BECAUSE: Mapping[str, str] = MappingProxyType(
    {
        ConsentStatus.UNKNOWN: "never said yes to this list",
        ConsentStatus.REQUESTED: "asked for it, and has not confirmed the address",
        ConsentStatus.GIVEN: "said yes",
        ConsentStatus.RENEWED: "said yes, and said so again",
        ConsentStatus.REFUSED: "said \u201cthis was not me\u201d",
        ConsentStatus.WITHDRAWN: "withdrew consent",
        ConsentStatus.EXPIRED: "the consent, or the time to confirm it, ran out",
        Stop.CONSENT_EXPIRED: "said yes, and the yes has ended",
        Stop.NOTICE_OUTDATED: "said yes to an older notice, and what it tells of has changed",
        ConsentStatus.TERMINATED: "we ended the list",
        ConsentStatus.INVALIDATED: "the consent was found invalid",
        Reason.UNSUBSCRIBED: "suppressed: unsubscribed",
        Reason.OBJECTION: "suppressed: objected to all marketing",
        Reason.COMPLAINT: "suppressed: reported a letter as spam",
        Reason.HARD_BOUNCE: "suppressed: the mailbox does not exist",
        Reason.SOFT_LIMIT: "suppressed for now: too many letters came back",
        Reason.NOT_ME: "suppressed: said \u201cthis was not me\u201d",
        Reason.ERASED: "suppressed: asked to be forgotten",
        Reason.MANUAL: "suppressed by a member of staff",
        Reason.IMPORTED: "suppressed by an imported list",
        Reason.CHILD: "suppressed: a child",
        Reason.PAUSED: "paused by the person for a while",
        Reason.MOVED: "suppressed: its person has another address now",
    }
)


def because(standing: Standing) -> str:
    """Why we may or may not, in a few words."""
    return _BECAUSE[standing.why]
