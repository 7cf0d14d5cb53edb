"""Read everything that is kept of one person. Changes nothing."""

from __future__ import annotations

from datetime import datetime

from pipeline.core.consent import evidence
from pipeline.core.consent.evidence import Evidence, Fate, ShownNotice
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.feedback.event import without_addresses
from pipeline.core.message.note import NoteKind, note_of
from pipeline.settings import current
from pipeline.store import confirmations, consent, feedback, letters, opens, purposes, rights, subscribers
from pipeline.store.consent import StoredNotice
from pipeline.store.letters import StoredLetter
from pipeline.store.rights import StoredRequest
from pipeline.store.standing import must_renew

FATES = {
    DeliveryState.QUEUED: Fate.WAITING,
    DeliveryState.LEASED: Fate.WAITING,
    DeliveryState.SENDING: Fate.UNKNOWN,
    DeliveryState.UNKNOWN: Fate.UNKNOWN,
    DeliveryState.ACCEPTED: Fate.HANDED_OVER,
    DeliveryState.PRESUMED_ACCEPTED: Fate.PROBABLY,
    DeliveryState.FAILED: Fate.REFUSED,
    DeliveryState.SUPPRESSED: Fate.NOT_SENT,
    DeliveryState.EXPIRED: Fate.NOT_SENT,
    DeliveryState.CANCELLED: Fate.NOT_SENT,
    DeliveryState.HELD_UNKNOWN: Fate.UNKNOWN,
}
CONFIRMATION = "Please confirm your address"


def gather_evidence(subscriber_id: int, now: datetime) -> Evidence:
    """All of it, of a subscriber that is known to exist. `now` tells which notices are in force."""
    person = subscribers.by_id(subscriber_id)
    entries = tuple(consent.ledger(subscriber_id))
    asked = tuple(
        evidence.Asked(
            one.uid,
            one.created_at,
            one.expires_at,
            one.state,
            tuple((p.purpose, p.notice_id, p.notice_version) for p in one.purposes),
            one.evidence,
        )
        for one in confirmations.of_subscriber(subscriber_id)
    )
    titles = consent.list_titles(consent.purpose_ids())
    shown = {(e.notice_id, e.notice_version) for e in entries if e.notice_id and e.notice_version}
    shown |= {(notice_id, version) for one in asked for _, notice_id, version in one.purposes}
    notices = [found for i, v in sorted(shown) if (found := consent.notice(i, v or 0))]
    return Evidence(
        person=evidence.Person(person.uid, person.address, person.given_name, person.zone, person.created_at),
        controller=controller(),
        titles={purpose: titles[purpose] for purpose in sorted(titles)},
        entries=entries,
        notices=tuple(map(shown_notice, notices)),
        asked=asked,
        letters=tuple(map(_letter, letters.of_subscriber(subscriber_id))),
        reports=tuple(
            evidence.Report(
                one.occurred_at,
                one.kind,
                one.source,
                one.delivery,
                one.enhanced or str(one.code or ""),
                without_addresses(one.said),
            )
            for one in feedback.of_subscriber(subscriber_id)
        ),
        barriers=tuple(
            evidence.Barrier(
                one.suppression.scope,
                one.suppression.reason,
                one.since,
                one.suppression.until,
                one.suppression.door,
            )
            for one in consent.dated_suppressions(subscribers.address_key(subscriber_id))
        ),
        demands=tuple(map(_demand, rights.of_subscriber(subscriber_id))),
        must_renew={purpose: version for purpose in titles if (version := must_renew(purpose, now))},
        courses=tuple(
            evidence.Course(one.campaign, one.joined_at, one.next_number, one.next_due_at)
            for one in letters.courses_of(subscriber_id)
        ),
        last_open=opens.last_open(subscriber_id),
    )


def controller() -> evidence.Controller:
    """Who answers for the data of this installation."""
    said = current().controller
    return evidence.Controller(said.name, said.address, said.email, said.number, current().base_url)


def shown_notice(stored: StoredNotice) -> ShownNotice:
    return ShownNotice(
        stored.notice_id,
        stored.version,
        stored.purpose,
        stored.title,
        stored.language,
        stored.body_text,
        stored.body_sha256,
        stored.consent_sentence,
        stored.button_label,
        stored.policy_url,
        stored.effective_from,
        stored.findings,
        purposes.purpose_version(stored.purpose, stored.purpose_version) if stored.purpose_version else None,
    )


def _letter(stored: StoredLetter) -> evidence.Letter:
    return evidence.Letter(
        stored.uid,
        stored.stream,
        _title(stored),
        f"{stored.campaign}/{stored.number}" if stored.campaign else "",
        stored.created_at,
        FATES[stored.state],
        stored.reason,
        stored.done_at,
        stored.code,
        without_addresses(stored.reply),
    )


def _title(stored: StoredLetter) -> str:
    if stored.note_kind is not None:
        return note_of(NoteKind(stored.note_kind), stored.note_values).title
    return stored.title or CONFIRMATION


def _demand(stored: StoredRequest) -> evidence.Demand:
    return evidence.Demand(
        stored.uid,
        stored.kind,
        stored.channel,
        stored.received_at,
        stored.due_at,
        stored.acknowledged_at,
        stored.closed_at,
        stored.state,
        stored.outcome,
        stored.words,
        stored.answer,
        tuple((event.what, event.at) for event in rights.log_of(stored.uid)),
    )
