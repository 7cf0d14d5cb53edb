"""Notes: the plain letters that a person gets one of, because of something they or we did (P-05, U-33).

A note is no newsletter and sells nothing. It has a title, a few paragraphs and at most one button, whose link ends in
a token of the note's own. What each kind says is a function of its values and of nothing else, so that the same note
is written at every attempt. Values hold no address and no topic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from pipeline.core.consent.tokens import Audience


class NoteKind(StrEnum):
    """What a note is about. Each has its words in `WORDS`."""

    SEAL = "seal"  # to the owner, once a day: the signed seal of the ledger
    ACCESS_LINK = "access_link"  # to the address on file: the link to all that is held (C-19)
    ADDRESS_CONFIRM = "address_confirm"  # to a new address: is it yours? (C-20)
    ADDRESS_CHANGED = "address_changed"  # to the old one: was it you? (C-20)
    COMPLAINT_RECEIVED = "complaint_received"  # s.164A: that it has arrived (C-16)
    ASK_AGAIN = "ask_again"  # what somebody said yes to has changed (C-10)
    NOTICE_CHANGED = "notice_changed"  # only its words have
    RECONFIRM = "reconfirm"  # a yes is about to end (C-09)


@dataclass(frozen=True, slots=True)
class Button:
    """What a note asks for. Its link is `<base>/<path>/<token>`, and the token names the note."""

    label: str
    path: str
    audience: Audience


@dataclass(frozen=True, slots=True)
class Note:
    """`title` is the subject too. `preheader` is what an inbox shows beside it."""

    title: str
    preheader: str
    paragraphs: tuple[str, ...]
    button: Button | None = None
    after: tuple[str, ...] = ()  # what follows the button


Values = Mapping[str, str]


def note_of(kind: NoteKind, values: Values) -> Note:
    """The words of a note. KeyError for a value that its kind needs and has not got."""
    return WORDS[kind](values)


def _seal(values: Values) -> Note:
    return Note(
        title=f"The seal of your consent ledger, {values['day']}",
        preheader="Keep this letter: it shows later that nothing before it was changed.",
        paragraphs=(
            "This is the newest seal over every yes and every no that your lists have heard, and its signature.",
            f"Seal: {values['seal']}:{values['hash']}",
            f"Signature: {values['signature']}",
            f"Key: {values['key_id']}",
            "Keep this letter where nobody who runs the database can reach it. On any later day the command "
            "“rounds ledger verify --held”, followed by the seal as it stands above, says whether anything "
            "before it was changed.",
        ),
    )


def _access_link(values: Values) -> Note:
    return Note(
        title="What we hold about you",
        preheader="The link that you asked for. It works for 24 hours.",
        paragraphs=(
            "Somebody asked on our site to see what we hold about this address. If it was you, press the button. The "
            "page shows everything, and lets you download it, correct your address, object, or be forgotten.",
        ),
        button=Button("See what we hold", "you", Audience.EXPORT),
        after=(
            "The link works for 24 hours. Do not pass it on: whoever has it can do these things in your name.",
            "If it was not you, do nothing. Nobody but the reader of this mailbox was shown anything.",
        ),
    )


def _address_confirm(values: Values) -> Note:
    return Note(
        title="Is this your new address?",
        preheader="Confirm it, and our emails to you come here.",
        paragraphs=(
            "Somebody who gets our emails asked us to send them to this address from now on. If it was you, press the "
            "button. Nothing is sent here until you do.",
        ),
        button=Button("Use this address", "a", Audience.ADDRESS),
        after=(
            "The link works for 7 days.",
            "If it was not you, do nothing. We then send nothing more to this address about it.",
        ),
    )


def _address_changed(values: Values) -> Note:
    return Note(
        title="Our emails to you now go to another address",
        preheader="If this was not you, you can undo it for 14 days.",
        paragraphs=(
            "Somebody with a link that we had sent to this mailbox gave us another address, and confirmed it there. "
            "Our emails to you go there from now on, and nothing more comes here.",
            "If it was you, there is nothing to do.",
        ),
        button=Button("This was not me", "w", Audience.ADDRESS_UNDO),
        after=("The button brings your emails back to this address. It works for 14 days.",),
    )


def _complaint_received(values: Values) -> Note:
    return Note(
        title="We have your complaint",
        preheader="A person looks into it and tells you what came of it.",
        paragraphs=(
            f"Your complaint about how we use your details arrived on {values['day']}. A person looks into it without "
            "undue delay, and tells you what came of it.",
            f"Its number is {values['number']}. Name it if you write to us about it.",
            "You can also complain to the Information Commissioner's Office, at any time: "
            "ico.org.uk/make-a-complaint.",
            "If you did not complain, somebody typed this address into our form. Write to us, and we strike it out.",
        ),
    )


def _ask_again(values: Values) -> Note:
    return Note(
        title=f"May we go on sending you the “{values['list']}”?",
        preheader="What we do has changed since you said yes, so we ask you again.",
        paragraphs=(
            f"You said yes to our “{values['list']}”. Since then something has changed:",
            *values["changes"].split("\n"),
            "Until you say yes to the new notice, we send you nothing from this list. The button shows you the notice,"
            " and you decide there.",
        ),
        button=Button("Read the new notice", "renew", Audience.RENEW),
        after=("If you do nothing, you hear nothing more from this list. We do not ask again.",),
    )


def _notice_changed(values: Values) -> Note:
    return Note(
        title=f"The notice of the “{values['list']}” has new words",
        preheader="What we do with your details is the same. You need not do anything.",
        paragraphs=(
            f"You are on our list “{values['list']}”. The notice that tells you what we do with your details has a new"
            f" version, from {values['day']}.",
            *values["changes"].split("\n"),
            "What you said yes to is the same, so your yes goes on. You need not do anything.",
        ),
        button=Button("Read the notice", "renew", Audience.RENEW),
        after=("You can stop the emails at any time, with the link in each of them or on that page.",),
    )


def _reconfirm(values: Values) -> Note:
    return Note(
        title=f"Do you still want the “{values['list']}”?",
        preheader=f"Your yes ends on {values['day']}. Without a new one the emails stop.",
        paragraphs=(
            f"You said yes to our “{values['list']}” some time ago. A yes does not last for ever: yours ends on"
            f" {values['day']}.",
            "If you would like the emails to go on, say so with the button. It shows you what you agree to, and you"
            " decide there.",
        ),
        button=Button("See what you agree to", "renew", Audience.RENEW),
        after=(f"If you do nothing, the emails stop on {values['day']}. We do not ask again.",),
    )


WORDS: Mapping[NoteKind, Callable[[Values], Note]] = MappingProxyType(
    {
        NoteKind.SEAL: _seal,
        NoteKind.ACCESS_LINK: _access_link,
        NoteKind.ADDRESS_CONFIRM: _address_confirm,
        NoteKind.ADDRESS_CHANGED: _address_changed,
        NoteKind.COMPLAINT_RECEIVED: _complaint_received,
        NoteKind.ASK_AGAIN: _ask_again,
        NoteKind.NOTICE_CHANGED: _notice_changed,
        NoteKind.RECONFIRM: _reconfirm,
    }
)
