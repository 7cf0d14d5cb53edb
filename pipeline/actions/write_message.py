"""Turn a claimed delivery into the bytes that leave: the same bytes at every attempt (architecture.md, row 7).

Two steps. `load_letters` reads what the database and the templates know of the letters, once each; it blocks, so that
a sender calls it in a thread. `write_message` joins one subscriber's values into a letter that is loaded: no
database, no file, no clock, so that it runs within an event loop.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

import structlog
from django.db import DatabaseError

from pipeline.core.consent import tokens
from pipeline.core.consent.tokens import Audience, Keyring, make
from pipeline.core.delivery import return_path
from pipeline.core.errors import RoundsError
from pipeline.core.home_zone import HOME_ZONE
from pipeline.core.message.brand import Brand, Logo
from pipeline.core.message.brand_file import LogoFile
from pipeline.core.message.context import ListNotice, confirm_context, long_date, note_context
from pipeline.core.message.dkim import Signer
from pipeline.core.message.headers import (
    Field,
    Sender,
    Structured,
    list_message_headers,
    plain_address,
    system_message_headers,
    to_value,
)
from pipeline.core.message.letter_template import (
    ANY_ADDRESS,
    ANY_DATE,
    ANY_TOKEN,
    ANY_UID,
    Links,
    compile_message,
)
from pipeline.core.message.mime import boundary_of
from pipeline.core.message.note import Note, NoteKind, note_of
from pipeline.core.message.pixel import OPEN_URL, with_pixel
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.message.slots import compile_parts, encoded_slot
from pipeline.core.message.wire import MessageTemplate, Wire
from pipeline.gateways import dkim
from pipeline.gateways.dkim import UNSIGNED, SigningRefused
from pipeline.gateways.keys import keyring
from pipeline.gateways.pictures import read_picture
from pipeline.gateways.templates import render_letter
from pipeline.settings import Settings, current
from pipeline.store import consent, series
from pipeline.store.sending import ClaimedDelivery

MOST_LETTERS = 512  # kept ready; more than any sender holds deliveries at once

log = structlog.get_logger()


class Unwritable(RoundsError):  # noqa: N818 - it reads as what happened
    """One delivery that no message can be made of. Nothing of it has left, and the others go (C7, row 73)."""


class Message(NamedTuple):
    """What SMTP is given. `envelope_id` is opaque (M-27). `smtputf8`: only a relay that offers it may have this."""

    mail_from: str
    rcpt_to: str
    data: Wire
    envelope_id: str
    smtputf8: bool = False


def load_letters(claimed: Sequence[ClaimedDelivery]) -> None:
    """Make ready the letters of these deliveries. A letter that cannot be made fails in `write_message`, alone.

    Looks at the signing keys too. Raises SigningRefused when one is missing, or when list mail is among these and
    nobody signs: then none of them may be sent, and all go on waiting.
    """
    settings = current()
    signers, letters_signers = dkim.signers(settings), dkim.letters_signers(settings)
    if not signers and not settings.relay_signs and any(d.stream == "newsletter" for d in claimed):
        raise SigningRefused(UNSIGNED)
    old = _desks[0] if _desks and _desks[0].settings is settings else None
    if old is not None and old.signers is signers and old.letters_signers is letters_signers:
        _load(old, claimed)
        return
    desk = _Desk(settings, signers, letters_signers, keyring())
    # Other keys make other messages: what was ready for the old ones is made ready again before it is asked for.
    _load(desk, [*(old.samples.values() if old else ()), *claimed])
    _desks[:] = [desk]


def _load(desk: _Desk, claimed: Sequence[ClaimedDelivery]) -> None:
    for delivery in claimed:
        try:
            key = _letter_of(delivery)
            if key in desk.letters:
                desk.letters.move_to_end(key)
            else:
                desk.keep(key, _template(delivery, desk), delivery)
        except DatabaseError:
            raise
        except Exception:
            # Whatever is wrong with one letter, the others go; `write_message` will miss this one.
            log.exception("letter.unwritable", delivery=delivery.id)


def write_message(delivery: ClaimedDelivery) -> Message:
    """The message of one delivery, from stored values alone: a retry is byte-identical (M-02, M-03).

    Its letter was loaded. Raises Unwritable for a delivery that no message can be made of, and SigningRefused for
    list mail that nobody signs (U-04): then nothing is wrong with the delivery, and it goes on waiting.
    """
    desk = _desks[0] if _desks else None
    if desk is None or desk.settings is not current():
        raise Unwritable(f"Delivery {delivery.id} cannot be written: its letter was not loaded.")
    if delivery.stream == "newsletter" and not desk.signed:
        raise SigningRefused(UNSIGNED)
    try:
        template = desk.letters[_letter_of(delivery)]
        uid = delivery.uid.bytes
        path = desk.return_path(uid)
        return Message(
            path,
            delivery.address,
            template.fill(_values(delivery, uid, desk)),
            # The token of the return path: a report that has lost everything else still proves what it is about.
            path[len(return_path.PREFIX) : path.index("@")],
            not delivery.address.isascii() and not delivery.address.rpartition("@")[0].isascii(),
        )
    except RoundsError as error:
        raise Unwritable(str(error)) from error
    except Exception as error:
        # There is no other work in here than this one delivery's, so that any fault is its own.
        log.exception("delivery.unwritable", delivery=delivery.id)
        raise Unwritable(f"Delivery {delivery.id} cannot be written. The log says more.") from error


def brand(*, with_logo: bool = False) -> Brand:
    """Who the letters come from, from the settings and the brand file (C-45). Only issues show a logo: a letter that
    somebody waits for has no picture (D-02), and may not fail for want of one.
    """
    settings = current()
    said = settings.brand
    controller = settings.controller
    number = f"Company number {controller.number}. " if controller.number else ""
    return Brand(
        name=settings.sender_name,
        tagline=said.tagline or "One calm, correct email a week",
        postal_address=controller.address,
        company_line=f"{controller.name}. {number}".strip(),
        contact_email=controller.email,
        feedback_url=f"mailto:{controller.email}",
        base_url=settings.base_url,
        colours=said.colours,
        fonts=said.fonts,
        logo=_logo(settings, said.logo) if said.logo and with_logo else None,
        labels=said.labels,
    )


def _logo(settings: Settings, wanted: LogoFile) -> Logo:
    picture, digest = read_picture(settings.content_dir, wanted.name)
    height = max(1, round(picture.height * wanted.width / picture.width))
    url = f"{settings.base_url}/images/{digest}.{picture.kind}"
    return Logo(url, wanted.alt, wanted.width, height)


def links(test: bool, subscription_uid: bytes, delivery_uid: bytes) -> dict[str, str]:
    """The personal links of an issue; inert ones in a test (S-22)."""
    base, keys = current().base_url, keyring()
    leave = Audience.PREVIEW if test else Audience.UNSUB
    choose = Audience.PREVIEW if test else Audience.PREFS
    return {
        "unsubscribe_url": f"{base}/u/{make(leave, subscription_uid, keys)}",
        "preferences_url": f"{base}/p/{make(choose, delivery_uid, keys)}",
        "help_url": f"{base}/privacy/",
    }


def message_id_of(delivery_uid: str, settings: Settings) -> str:
    """One for each delivery, from its uid in 32 hex digits; the same at every attempt, with neither address nor topic
    (M-03).
    """
    return f"<{delivery_uid}@{settings.return_path_domain}>"


@dataclass
class _Desk:
    """All that a message takes from the settings, and the letters that are ready."""

    settings: Settings
    signers: tuple[Signer, ...]
    letters_signers: tuple[Signer, ...]  # of the letters that somebody waits for (D-10)
    keys: Keyring
    letters: OrderedDict[Hashable, MessageTemplate] = field(default_factory=OrderedDict)
    samples: dict[Hashable, ClaimedDelivery] = field(default_factory=dict)  # one delivery of each letter

    def __post_init__(self) -> None:
        kid = self.keys.current
        self.token = {audience: tokens.maker(audience, self.keys) for audience in Audience}
        self.return_path = return_path.maker(
            self.keys.keys[Audience.VERP, kid], kid, self.settings.return_path_domain
        )
        self.sender = _sender(self.settings)
        self.signed = bool(self.signers) or self.settings.relay_signs

    def keep(self, key: Hashable, template: MessageTemplate, sample: ClaimedDelivery) -> None:
        self.letters[key], self.samples[key] = template, sample
        if len(self.letters) > MOST_LETTERS:
            oldest, _ = self.letters.popitem(last=False)
            del self.samples[oldest]


_desks: list[_Desk] = []  # none or one, replaced whole


def _letter_of(delivery: ClaimedDelivery) -> Hashable:
    """What makes a letter: an issue's revision within its mailing, for those who are measured or for the others; the
    notices that a confirmation asks about; or what a note says.
    """
    if delivery.stream == "confirmation":
        return _notices(delivery)
    if delivery.stream == "note":
        return delivery.note_kind, tuple(sorted((delivery.note_values or {}).items()))
    return delivery.stream, delivery.revision_id, delivery.mailing_id, delivery.open_uid is not None


def _notices(delivery: ClaimedDelivery) -> tuple[tuple[str, int], ...]:
    return tuple((p["notice_id"], p["notice_version"]) for p in delivery.confirmation_purposes or ())


def _template(delivery: ClaimedDelivery, desk: _Desk) -> MessageTemplate:
    if delivery.stream == "confirmation":
        return _confirmation(_notices(delivery), desk)
    if delivery.stream == "note":
        return _note(_words(delivery), desk)
    if delivery.revision_id is None:
        raise ValueError(f"delivery {delivery.id} has no issue")
    if delivery.stream == "test":
        return _issue(delivery.revision_id, f"r{delivery.revision_id}", desk, test=True)
    measured = delivery.open_uid is not None
    return _issue(delivery.revision_id, f"m{delivery.mailing_id}", desk, measured=measured)


def _issue(
    revision_id: int, campaign: str, desk: _Desk, *, test: bool = False, measured: bool = False
) -> MessageTemplate:
    revision = series.revision(revision_id)
    if revision is None:
        raise ValueError(f"there is no issue revision {revision_id}")
    base, subject = desk.settings.base_url, revision.letter.subject
    fields = list_message_headers(
        desk.sender,
        to=ANY_ADDRESS,
        subject=f"[Test] {subject}" if test else subject,
        message_id=message_id_of(ANY_UID, desk.settings),
        date=ANY_DATE,
        unsubscribe_url=f"{base}/u/{ANY_TOKEN}",
        list_label=revision.purpose.replace("_", "-"),
        list_name=consent.list_titles([revision.purpose])[revision.purpose],
        campaign=campaign,
        stream="test" if test else "newsletter",
    )
    personal = {"unsubscribe_url": f"{base}/u/", "preferences_url": f"{base}/p/"}
    if measured:
        personal[OPEN_URL] = f"{base}/o/"
    return _compiled(fields, revision.letter, personal, desk, desk.signers)


def _confirmation(notices: tuple[tuple[str, int], ...], desk: _Desk) -> MessageTemplate:
    """The letter that asks about these notices, whose words never change."""
    shown = [n for notice_id, version in notices if (n := consent.notice(notice_id, version))]
    lists = [
        ListNotice(n.title, n.cadence, n.consent_sentence, f"{n.notice_id} version {n.version}")
        for n in shown
    ]
    letter = render_letter("confirm", confirm_context(brand(), lists, desk.settings.controller.name))
    base = desk.settings.base_url
    # D-11, draft-levine-mailbomb-header: a form caused this mail. Who sent the form is nobody's business but ours.
    caused = (Structured("Form-Sub", "v=1"),)
    return _system_letter(letter, {"confirm_url": f"{base}/c/", "not_me_url": f"{base}/n/"}, desk, caused)


def _words(delivery: ClaimedDelivery) -> Note:
    return note_of(NoteKind(delivery.note_kind or ""), delivery.note_values or {})


def _note(note: Note, desk: _Desk) -> MessageTemplate:
    letter = render_letter("note", note_context(note, brand()))
    personal = {"action_url": f"{desk.settings.base_url}/{note.button.path}/"} if note.button else {}
    return _system_letter(letter, personal, desk)


def _system_letter(
    letter: RenderedLetter, personal: dict[str, str], desk: _Desk, more: Sequence[Field] = ()
) -> MessageTemplate:
    """From an address and under keys of its own, where the settings name them (D-10, P-05)."""
    sender = replace(desk.sender, address=desk.settings.letters_address or desk.sender.address)
    fields = system_message_headers(
        sender,
        to=ANY_ADDRESS,
        subject=letter.subject,
        message_id=message_id_of(ANY_UID, desk.settings),
        date=ANY_DATE,
    )
    return _compiled((*fields, *more), letter, personal, desk, desk.letters_signers)


def _compiled(
    fields: Sequence[Field],
    letter: RenderedLetter,
    personal: dict[str, str],
    desk: _Desk,
    signers: tuple[Signer, ...],
) -> MessageTemplate:
    every = Links({"help_url": f"{desk.settings.base_url}/privacy/"}, personal)
    parts = with_pixel(compile_parts(letter)) if OPEN_URL in personal else compile_parts(letter)
    return compile_message(fields, parts, every, boundary_of(letter.content_sha256), signers)


def _values(delivery: ClaimedDelivery, uid: bytes, desk: _Desk) -> dict[str, bytes]:
    """What fills the holes of a letter for one delivery."""
    token = desk.token
    date, moment = _date(delivery.created_at)
    values = {"date": date, "moment": moment, "uid": uid.hex().encode("ascii")}
    _put_address(values, delivery.address)
    match delivery.stream:
        case "confirmation":
            if delivery.confirmation_uid is None:
                raise KeyError("confirmation_uid")
            asked = delivery.confirmation_uid.bytes
            values["token.confirm_url"] = token[Audience.CONFIRM](asked)
            values["token.not_me_url"] = token[Audience.NOT_ME](asked)
            return values
        case "note":
            button = _words(delivery).button
            if button is not None:
                if delivery.note_uid is None:
                    raise KeyError("note_uid")
                values["token.action_url"] = token[button.audience](delivery.note_uid.bytes)
            return values
        case "test":
            values["token.unsubscribe_url"] = values["token.preferences_url"] = token[Audience.PREVIEW](uid)
            greeting, day = "Hello,", _day(delivery.created_at)
        case _:
            if delivery.subscription_uid is None:
                raise KeyError("subscription_uid")
            values["token.unsubscribe_url"] = token[Audience.UNSUB](delivery.subscription_uid.bytes)
            values["token.preferences_url"] = token[Audience.PREFS](uid)
            greeting = f"Hello {delivery.given_name}," if delivery.given_name else "Hello,"
            day = _day(delivery.subscribed_since or delivery.created_at)
            if delivery.open_uid is not None:
                values[f"token.{OPEN_URL}"] = token[Audience.OPEN](delivery.open_uid.bytes)
    values["html.greeting"], values["text.greeting"] = encoded_slot("greeting", greeting)
    values["html.signed_up_on"] = values["text.signed_up_on"] = day
    return values


def _put_address(values: dict[str, bytes], address: str) -> None:
    values["to"], values["address"] = to_value(address)
    if plain_address(address):
        values["html.address"] = values["text.address"] = values["address"]
    else:
        values["html.address"], values["text.address"] = encoded_slot("address", address)


@lru_cache(maxsize=1024)
def _date(moment: datetime) -> tuple[bytes, bytes]:
    """For Date, and in seconds since 1970 for the signature."""
    return format_datetime(moment).encode("ascii"), str(int(moment.timestamp())).encode("ascii")


@lru_cache(maxsize=1024)
def _day(moment: datetime) -> bytes:
    day = long_date(moment.astimezone(HOME_ZONE).date()) or ""
    return encoded_slot("signed_up_on", day)[0]


def _sender(settings: Settings) -> Sender:
    host = urlsplit(settings.base_url).hostname or "localhost"
    domain = settings.sender_address.rpartition("@")[2]
    return Sender(
        name=settings.sender_name,
        address=settings.sender_address,
        reply_to="",
        list_id_domain=f"lists.{domain}",
        return_path_domain=settings.return_path_domain,
        feedback_sender_id="rounds" if len(host) < 5 else re.sub(r"[^A-Za-z0-9]", "-", host)[:15],
        help_url=f"{settings.base_url}/privacy/",
    )
