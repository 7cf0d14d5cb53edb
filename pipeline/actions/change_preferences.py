"""The preference page: see what one is on, stop one list or everything, let a list rest, undo, and measuring on its own
(U-18, U-21, C-31, C-32, C-41).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from pipeline.actions.allow_measuring import Measuring, allow_measuring, look_at_measuring
from pipeline.actions.moved_address import moved_since
from pipeline.actions.pause_list import pause_list, pauses, resume_list
from pipeline.actions.record_consent import record_consent
from pipeline.actions.take_back_goodbye import open_goodbye, take_back_goodbye
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.pause import pause_until
from pipeline.core.consent.suppression import list_scope
from pipeline.core.consent.tokens import Audience, is_of_the_key_in_force, make, read
from pipeline.core.errors import NotFound, Refused
from pipeline.core.home_zone import HOME_ZONE
from pipeline.gateways.keys import key_of, keyring
from pipeline.store import consent, deliveries, feedback, subscribers
from pipeline.store.consent import StoredSubscription
from pipeline.store.subscribers import random_uid

OPENS_FOR = timedelta(days=30)  # S-02: from the day of the message that carries the link
EVERYTHING = "everything"
OLD_LINK = (
    "This link is too old for that. Open the link in a newer email, or sign up again on our sign-up page."
)


@dataclass(frozen=True, slots=True)
class PreferencePage:
    """What the page shows. `stale`: the link is over a month old, or made under a secret that was replaced since, or
    went to an address that is not the person's any more; it shows nothing personal, and can still stop everything.

    `paused` maps the lists that rest to the end of their pause. `undo` is, by purpose, the token of each goodbye that
    was just recorded. `subscriptions` are of lists alone: measuring stands by itself.
    """

    address: str
    subscriptions: tuple[StoredSubscription, ...]
    preview: bool = False
    stale: bool = False
    paused: Mapping[str, datetime] = field(default_factory=dict)
    undo: Mapping[str, str] = field(default_factory=dict)
    measuring: Measuring = field(default_factory=Measuring)


def look_at_preferences(token: str, now: datetime) -> PreferencePage:
    """What the link stands for. Changes nothing. Raises NotFound for a token that is not ours."""
    if _is_preview(token):
        return PreferencePage("", (), preview=True)
    subscriber_id, sent_at = _recipient(token)
    person = subscribers.by_id(subscriber_id)
    old = now > sent_at + OPENS_FOR or not is_of_the_key_in_force(token, keyring())
    if old or not person.address or moved_since(subscriber_id, sent_at):
        return PreferencePage("", (), stale=True)
    resting = pauses(key_of(parse(person.address)), now)
    everything = consent.subscriptions(subscriber_id)
    found = tuple(s for s in everything if s.purpose != OPEN_TRACKING)
    paused = {s.purpose: until for s in found if (until := resting.get(list_scope(s.purpose)))}
    measuring = look_at_measuring(everything, now)
    return PreferencePage(person.address, found, paused=paused, measuring=measuring)


def change_preferences(
    token: str, stop: str, now: datetime, *, suspect_automation: bool = False
) -> PreferencePage:
    """Stop one purpose by its id, or `everything`. Stopping works for ever, whatever the age of the link (U-13).

    Measuring is a purpose like the lists: it stops by itself and with everything, and no list stops with it. It is not
    among what one press undoes, since its yes is asked by itself. A no is written down where there was no yes to end
    too, such as one that had run out; there is nothing to undo of that.
    """
    if _is_preview(token):
        return PreferencePage("", (), preview=True)
    subscriber_id, _ = _recipient(token)
    with transaction.atomic():
        entries = consent.ledger_locked(subscriber_id)
        state = fold(entries)
        asked = [purpose for purpose in sorted(state.purposes) if stop in (EVERYTHING, purpose)]
        goodbyes = [_withdrawal(p, now, suspect_automation) for p in asked if state.of(p).permits]
        of_no_yes = [
            _withdrawal(p, now, suspect_automation)
            for p in asked
            if not (state.of(p).permits or state.of(p).is_a_no)
        ]
        once_more = [
            _withdrawal(p, now, suspect_automation)
            for p in asked
            if open_goodbye(entries, p, now) is not None
        ]
        record_consent(subscriber_id, [*goodbyes, *of_no_yes, *once_more])
    _arrived(token)
    page = look_at_preferences(token, now)
    if page.stale or suspect_automation:
        return page  # neither is a person whom we know to sit before a page of ours: a yes takes a sign-up
    return replace(
        page,
        undo={
            str(g.purpose): make(Audience.UNDO, g.event_id.bytes, keyring())
            for g in goodbyes
            if g.purpose != OPEN_TRACKING
        },
    )


def measure(token: str, shown: str, now: datetime) -> PreferencePage:
    """Say yes to measuring, under the notice that was shown. Refused as `allow_measuring`, and for an old link."""
    if _is_preview(token):
        return PreferencePage("", (), preview=True)
    allow_measuring(_open_to(token, now), _letter(token), shown, now)
    _arrived(token)
    return look_at_preferences(token, now)


def pause(token: str, purpose: str, choice: str, on: str, now: datetime) -> PreferencePage:
    """Let one list rest: for `choice` weeks, or until the day `on` (`core.consent.pause`). BadInput, Refused."""
    if _is_preview(token):
        return PreferencePage("", (), preview=True)
    until = pause_until(choice, on, now, HOME_ZONE)
    pause_list(_open_to(token, now), purpose, until, now)
    _arrived(token)
    return look_at_preferences(token, now)


def resume(token: str, purpose: str, now: datetime) -> PreferencePage:
    """Go on with a list that rests. Refused for a link that is too old."""
    if _is_preview(token):
        return PreferencePage("", (), preview=True)
    resume_list(_open_to(token, now), purpose, now)
    _arrived(token)
    return look_at_preferences(token, now)


def undo_stop(token: str, undo: Mapping[str, str], now: datetime) -> PreferencePage:
    """Take back the goodbyes that this page has just recorded: by purpose, all of them or none. Refused."""
    if _is_preview(token):
        return PreferencePage("", (), preview=True)
    subscriber_id = _open_to(token, now)
    with transaction.atomic():
        state = fold(consent.ledger_locked(subscriber_id))
        for purpose, goodbye in undo.items():
            if not state.of(purpose).permits:  # pressed twice: it is done
                take_back_goodbye(subscriber_id, purpose, goodbye, now)
    return look_at_preferences(token, now)


def _withdrawal(purpose: str, now: datetime, suspect_automation: bool) -> Entry:
    return Entry(
        event_id=random_uid(),
        kind=EventKind.TRACKING_CONSENT_WITHDRAWN
        if purpose == OPEN_TRACKING
        else EventKind.CONSENT_WITHDRAWN,
        purpose=purpose,
        occurred_at=now,
        actor=Actor.DATA_SUBJECT,
        method=Method.PREFERENCE_PAGE,
        suspect_automation=suspect_automation,
    )


def _is_preview(token: str) -> bool:
    return read(Audience.PREVIEW, token, keyring()) is not None


def _arrived(token: str) -> None:
    """The link names its letter, which arrived therefore (delivery.md B4)."""
    feedback.prove_accepted(_letter(token))


def _letter(token: str) -> UUID:
    return UUID(bytes=read(Audience.PREFS, token, keyring()) or b"")


def _open_to(token: str, now: datetime) -> int:
    """The subscriber whose choices this link may add to. Refused for one that can only stop things any more."""
    if look_at_preferences(token, now).stale:
        raise Refused(OLD_LINK)
    return _recipient(token)[0]


def _recipient(token: str) -> tuple[int, datetime]:
    id16 = read(Audience.PREFS, token, keyring())
    if id16 is None:
        raise NotFound("This link does not work. It may have been cut short: open it from the message again.")
    found = deliveries.recipient(UUID(bytes=id16))
    if found is None:
        # We signed it, so there was such a letter: its month has been dropped since (store.periods).
        raise NotFound(
            'This link is in a letter so old that its record is gone. "Unsubscribe" in the same letter still works,'
            " and so does this link in a newer one."
        )
    return found
