"""The audit log: what a line says, and the hash that chains it to the line before (S-15, ASVS 16.1 to 16.4).

A line is made safe before anything else happens to it: no control character, no address, and no value of unknown size.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

FORM = "rounds-audit/1"  # how a line is written before it is hashed; another way gets another name
NOTHING_BEFORE = bytes(32)
LONGEST = 300  # characters of one value
MOST_VALUES = 30  # of the detail, and of a list in it
MEMBER = "member:"  # begins what a line about a member is about; a member's own name may look like an address


class Event(StrEnum):
    """Everything that is recorded. Any other name is refused, so that a search for one finds all of its kind."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    FACTOR_ADDED = "second_factor_added"
    FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    IDENTITY_LINKED = "identity_linked"  # an account of an OpenID provider
    IDENTITY_UNLINKED = "identity_unlinked"
    MEMBER_ADDED = "member_added"
    MEMBER_LOCKED = "member_locked"
    MEMBER_UNLOCKED = "member_unlocked"
    MEMBER_ROLES = "member_roles_changed"
    ACCESS_REFUSED = "access_refused"  # a member asked for what no role of theirs allows

    PROPOSED = "proposal.made"
    APPROVED = "proposal.approved"
    DECLINED = "proposal.declined"
    APPROVAL_USED = "proposal.used"
    PROPOSAL_VOID = "proposal.void"
    WITHOUT_SECOND_PAIR = "proposal.not_asked"  # done by one, with ROUNDS_FOUR_EYES=off

    ARTICLE_OFFERED = "article.offered"  # a file or an address was read, and nothing taken in yet
    ARTICLE_IMPORTED = "article.imported"
    ARTICLE_SUBMITTED = "article.submitted"
    ARTICLE_APPROVED = "article.approved"
    FEED_STEERED = "feed.steered"  # added, paused, resumed, removed, or read by hand
    ARTICLE_SENT_BACK = "article.sent_back"
    APPROVAL_WITHDRAWN = "article.approval_withdrawn"
    MARKED_WRONG = "fault.marked"
    CORRECTED = "fault.corrected"
    RECALLED = "fault.recalled"
    READERS_TOLD = "fault.readers_told"  # in the archive
    MARK_LIFTED = "fault.lifted"
    SERIES_RENDERED = "series.rendered"
    TEST_SENT = "test.sent"

    CAMPAIGN_CREATED = "campaign.created"
    CAMPAIGN_PAUSED = "campaign.paused"
    CAMPAIGN_RESUMED = "campaign.resumed"
    CAMPAIGN_STEERED = "campaign.steered"  # by a button that there is not
    CAMPAIGN_CANCELLED = "campaign.cancelled"
    MAILING_RELEASED = "campaign.issue_released"
    SENDING_STOPPED = "sending.stopped"
    SENDING_STARTED = "sending.started"
    SENDING_CONFIRMED = "sending.confirmed"  # a restored database may send again
    HOST_JOINED = "sending.host_joined"
    ROUTE_RELEASED = "sending.route_released"
    OUTCOMES_SETTLED = "sending.outcomes_settled"

    SUBSCRIBER_SEARCHED = "subscriber.searched"
    SUBSCRIBER_VIEWED = "subscriber.viewed"
    SUBSCRIBER_EXPORTED = "subscriber.exported"
    SUBSCRIBER_ERASED = "subscriber.erased"
    PROOF_EXPORTED = "subscriber.proof_exported"
    CONSENT_CHANGED = "subscriber.consent_changed"
    REQUEST_VIEWED = "request.viewed"
    REQUEST_RECEIVED = "request.received"
    REQUEST_ACKNOWLEDGED = "request.acknowledged"
    REQUEST_EXTENDED = "request.extended"
    REQUEST_CLOSED = "request.closed"
    LETTERS_VIEWED = "inbox.viewed"  # the inbox of a machine without a relay, with the letters of everyone
    SUPPRESSIONS_VIEWED = "suppression.viewed"
    SUPPRESSION_LIFTED = "suppression.lifted"
    SUPPRESSION_OPENED = "suppression.opened"

    IMPORT_UPLOADED = "import.uploaded"
    IMPORT_STARTED = "import.started"
    IMPORT_ENDED = "import.ended"
    IMPORT_DROPPED = "import.dropped"
    REFUSED_ROWS_READ = "import.refused_rows_read"
    EXPORT_STARTED = "export.started"
    EXPORT_ENDED = "export.ended"

    KEY_MADE = "key.made"
    SECRET_CHANGED = "secret.changed"  # noqa: S105 - the name of an event
    SEALED_ANEW = "secret.sealed_anew"
    RENEWALS_VIEWED = "consent.renewals_viewed"  # the first few whose yes ends, masked
    RENEWALS_ASKED = "consent.renewals_asked"
    HELD_VIEWED = "sign_up.held_viewed"
    HELD_RELEASED = "sign_up.released"
    HELD_DROPPED = "sign_up.dropped"

    MONTHS_PUT_AWAY = "partition.put_away"
    MONTH_DROPPED = "partition.dropped"
    AUDIT_VIEWED = "audit.viewed"


# These are about a member, who may be named by the bare name.
OF_MEMBERS = frozenset(
    {
        Event.SIGNED_OUT_EVERYWHERE,
        Event.PASSWORD_CHANGED,
        Event.FACTOR_ADDED,
        Event.FACTOR_REMOVED,
        Event.RECOVERY_CODES_MADE,
        Event.RECOVERY_CODE_USED,
        Event.IDENTITY_LINKED,
        Event.IDENTITY_UNLINKED,
        Event.MEMBER_ADDED,
        Event.MEMBER_LOCKED,
        Event.MEMBER_UNLOCKED,
        Event.MEMBER_ROLES,
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `at` is by the clock of the database. `about` names a subject by its uid or keyed hash.

    `network` is the client's, cut to /24 or /56, empty for a command. `previous` is the hash of the line before.
    """

    seq: int  # from 1, without gaps
    at: datetime
    event: str  # of those above, when it was written
    member: str
    about: str
    outcome: str
    network: str
    request_id: str
    detail: Mapping[str, object]
    previous: bytes
    hash: bytes

    @property
    def computed_hash(self) -> bytes:
        """What `hash` has to be."""
        return sha256(_json([FORM, *self._words()])).digest()

    @property
    def written(self) -> str:
        """The line as the file outside the database has it: one JSON object in ASCII, without a break in it."""
        names = (
            "seq",
            "at",
            "event",
            "member",
            "about",
            "outcome",
            "network",
            "request_id",
            "detail",
            "previous",
        )
        said = dict(zip(names, self._words(), strict=True))
        return json.dumps({**said, "hash": self.hash.hex()}, separators=(",", ":"))

    def _words(self) -> list[object]:
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        said = [self.event, self.member, self.about, self.outcome, self.network, self.request_id]
        return [self.seq, at, *said, dict(sorted(self.detail.items())), self.previous.hex()]


def line(
    before: Line | None,
    at: datetime,
    event: str,
    *,
    member: str,
    about: str = "",
    outcome: str = "done",
    network: str = "",
    request_id: str = "",
    detail: Mapping[str, object] | None = None,
) -> Line:
    """The next line. Raises ValueError for an event that there is not; everything else is made to fit."""
    known = Event(event)
    if known in OF_MEMBERS and about and not about.startswith(MEMBER):
        about = f"{MEMBER}{about}"
    made = Line(
        seq=before.seq + 1 if before else 1,
        at=at,
        event=known.value,
        member=plain(member)[:150],
        about=_about(about),
        outcome=plain(outcome)[:30],
        network=plain(network)[:50],
        request_id=plain(request_id)[:40],
        detail=safe_detail(detail or {}),
        previous=before.hash if before else NOTHING_BEFORE,
        hash=b"",
    )
    return replace(made, hash=made.computed_hash)


def _about(about: str) -> str:
    name = plain(about)[:200]
    return name if name.startswith(MEMBER) else without_addresses(name)


# C0 and C1, DEL, the separators that some readers take for a line's end, marks that turn text round, lone surrogates.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")


def plain(value: str) -> str:
    """Text in which no character ends a line, moves a cursor or turns text round (S-15): U+FFFD stands for each."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)


def without_addresses(value: str) -> str:
    """Text in which whatever looks like an address is `[address]`: nobody who reads the log learns one by it."""
    return _ADDRESS.sub("[address]", value)


def safe_detail(detail: Mapping[str, object]) -> dict[str, object]:
    """The detail with safe keys and values, whole numbers and truth values as they are, all else as text."""
    return {_text(str(key))[:60]: _value(value) for key, value in list(detail.items())[:MOST_VALUES]}


def _value(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:  # what every reader of JSON reads exactly
        return int(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_text(str(each)) for each in list(value)[:MOST_VALUES]]
    return _text(value.hex() if isinstance(value, bytes) else str(value))


def _text(value: str) -> str:
    cut = plain(value)
    return without_addresses(cut if len(cut) <= LONGEST else f"{cut[: LONGEST - 1]}…")


def examine(this: Line, before: Line | None) -> Iterable[str]:
    """What is wrong with a line as it stands after the one before it, in sentences."""
    number = before.seq + 1 if before else 1
    if this.seq != number:
        gone = f"Line {number} is" if this.seq == number + 1 else f"Lines {number} to {this.seq - 1} are"
        yield f"{gone} gone: line {this.seq} comes next."
    elif this.previous != (before.hash if before else NOTHING_BEFORE):
        yield f"Line {this.seq} does not follow the line before it."
    if this.hash != this.computed_hash:
        yield f"Line {this.seq} was edited: its hash is not that of its words."


def _json(words: object) -> bytes:
    return json.dumps(words, separators=(",", ":"), ensure_ascii=False).encode()
