"""Kinds, channels, outcomes and reasons as the desk says them, and the clock that it shows."""

from __future__ import annotations

from datetime import date, datetime, time

from pipeline.core.consent.evidence import because as because
from pipeline.core.consent.limits import Limit
from pipeline.core.consent.rights import NAMES as NAMES
from pipeline.core.consent.rights import Channel, Outcome, RequestKind, RequestState, Urgency
from pipeline.core.consent.rights import in_words as in_words
from pipeline.core.consent.suppression import (
    ALL,
    CONFIRMATION,
    MARKETING,
    ONLY_BY_A_FRESH_ACT,
    THE_PERSONS_OWN,
    Reason,
)
from pipeline.core.consent.timeline import Tone
from pipeline.core.errors import BadInput
from pipeline.core.home_zone import HOME_ZONE

KINDS = {
    RequestKind.WITHDRAWAL: "Withdraws consent",
    RequestKind.OBJECTION: "Objects to all marketing",
    RequestKind.COMPLAINT: "Complains about how we use their data",
    RequestKind.ACCESS: "Wants a copy of everything",
    RequestKind.PORTABILITY: "Wants to take their data along",
    RequestKind.RECTIFICATION: "Wants something corrected",
    RequestKind.ERASURE: "Wants to be forgotten",
}
CHANNELS = {
    Channel.POST: "by letter",
    Channel.PHONE: "by telephone",
    Channel.MAIL: "by email",
    Channel.DESK: "in person",
    Channel.SELF_SERVICE: "on our pages",
}
OUTCOMES = {
    Outcome.FULFILLED: "Done as asked",
    Outcome.PARTLY: "Done in part",
    Outcome.REFUSED: "Refused",
    Outcome.NOTHING_HELD: "We hold nothing about this person",
    Outcome.TAKEN_BACK: "Taken back by the person",
}
STATES = {
    RequestState.RECEIVED: ("open", "is-busy"),
    RequestState.ACKNOWLEDGED: ("acknowledged", "is-busy"),
    RequestState.EXTENDED: ("extended", "is-soon"),
    RequestState.CLOSED: ("closed", "is-quiet"),
}
URGENCIES = {
    Urgency.CALM: ("in time", "is-good"),
    Urgency.SOON: ("due soon", "is-soon"),
    Urgency.OVERDUE: ("overdue", "is-urgent"),
}
REASONS = {
    Reason.UNSUBSCRIBED: "unsubscribed",
    Reason.OBJECTION: "objected",
    Reason.COMPLAINT: "reported spam",
    Reason.HARD_BOUNCE: "no such mailbox",
    Reason.SOFT_LIMIT: "letters came back",
    Reason.NOT_ME: "“this was not me”",
    Reason.ERASED: "asked to be forgotten",
    Reason.MANUAL: "by a member of staff",
    Reason.IMPORTED: "imported",
    Reason.CHILD: "a child",
    Reason.PAUSED: "paused for a while",
    Reason.MOVED: "has another address now",
}
HELD = {  # why a sign-up waits for review
    Limit.ROLE_ADDRESS: "It is a role address, which nobody signs up by themselves.",
    Limit.PUBLIC_BODY: "Several addresses of this public body came within an hour.",
    Limit.SUDDEN: "Several sign-ups came from one network within minutes.",
    Limit.NETWORK: "Its network had asked for many already.",
    Limit.EVERYWHERE: "Very many people signed up within the hour.",
    Limit.UNSOLVED_NETWORK: "The puzzle of the form was not solved, as for others of its network.",
    Limit.UNSOLVED_EVERYWHERE: "The puzzle of the form was not solved, as by very many within the hour.",
}
TONES = {Tone.YES: "is-yes", Tone.NO: "is-no", Tone.PLAIN: "is-plain"}
STEPS = {"received": "Received", "acknowledge": "Acknowledged", "extend": "Extended", "close": "Closed"}


def scope(name: str, titles: dict[str, str]) -> str:
    """What a suppression stops."""
    fixed = {ALL: "every letter", MARKETING: "every list", CONFIRMATION: "confirmation letters"}
    purpose = name.removeprefix("list:")
    return fixed.get(name) or titles.get(purpose, purpose)


def liftable(reason: Reason) -> bool:
    """Whether two members of staff may lift it."""
    return reason not in THE_PERSONS_OWN | ONLY_BY_A_FRESH_ACT


def opens(reason: Reason) -> bool:
    """Whether two members of staff may let the person sign up anew although it stands."""
    return reason in ONLY_BY_A_FRESH_ACT


def moment(when: datetime) -> str:
    """`Tue 24 November 2026, 09:00`, by the clock of London."""
    return when.astimezone(HOME_ZONE).strftime("%a %-d %B %Y, %H:%M")


def day(when: datetime | date) -> str:
    """`24 November 2026`."""
    local = when.astimezone(HOME_ZONE) if isinstance(when, datetime) else when
    return local.strftime("%-d %B %Y")


def received(text: str, now: datetime) -> datetime:
    """The day on which something arrived, from a form: its first moment in London, now for today. BadInput."""
    if not text.strip():
        return now
    try:
        that = date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput("Give the day on which it arrived as in 2026-11-24.", field="received") from None
    today = now.astimezone(HOME_ZONE).date()
    if that > today:
        raise BadInput(
            "The day on which it arrived lies in the future. Give the day it arrived.", field="received"
        )
    if that.year < 2018:
        raise BadInput("The day on which it arrived lies before 2018. Check the year.", field="received")
    return now if that == today else datetime.combine(that, time(), HOME_ZONE)
