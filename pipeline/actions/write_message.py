"""Turn a claimed delivery into the bytes that leave: the same bytes at every attempt (architecture.md, row 7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pipeline.core.consent.tokens import Audience, make
from pipeline.core.delivery import return_path
from pipeline.core.message.context import Brand, ListNotice, confirm_context, long_date
from pipeline.core.message.headers import Field, Sender, list_message_headers, system_message_headers
from pipeline.core.message.mime import boundary_for, compose
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.message.slots import CompiledLetter, compile_parts
from pipeline.gateways.keys import keyring
from pipeline.gateways.templates import render_letter
from pipeline.settings import Settings, current
from pipeline.store import confirmations, consent, series
from pipeline.store.sending import ClaimedDelivery

HOME_ZONE = ZoneInfo("Europe/London")  # of the dates in the footers


@dataclass(frozen=True, slots=True)
class Message:
    """What SMTP is given. `envelope_id` is opaque (M-27)."""

    mail_from: str
    rcpt_to: str
    data: bytes
    envelope_id: str


def write_message(delivery: ClaimedDelivery) -> Message:
    """The message of one delivery, from stored values alone: a retry is byte-identical (M-02, M-03)."""
    settings = current()
    match delivery.stream:
        case "confirmation":
            fields, html, text = _confirmation(delivery, settings)
        case "test":
            fields, html, text = _test(delivery, settings)
        case _:
            fields, html, text = _issue(delivery, settings)
    uid = delivery.uid.bytes
    keys = keyring()
    verp_key = keys.keys[Audience.VERP, keys.current]
    return Message(
        mail_from=return_path.make(uid, verp_key, keys.current, settings.return_path_domain),
        rcpt_to=delivery.address,
        data=compose(fields, html, text, boundary_for(uid)),
        envelope_id=delivery.uid.hex,
    )


def brand() -> Brand:
    """Who the letters come from, from the settings (C-45)."""
    settings = current()
    controller = settings.controller
    number = f"Company number {controller.number}. " if controller.number else ""
    return Brand(
        name=settings.sender_name,
        tagline="One calm, correct email a week",
        colour="#0F5C5C",
        postal_address=controller.address,
        company_line=f"{controller.name}. {number}".strip(),
        contact_email=controller.email,
        feedback_url=f"mailto:{controller.email}",
        base_url=settings.base_url,
    )


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


def _issue(delivery: ClaimedDelivery, settings: Settings) -> tuple[Sequence[Field], str, str]:
    if delivery.revision_id is None or delivery.subscription_uid is None:
        raise ValueError(f"delivery {delivery.id} has no issue or no subscription")
    letter = _compiled_issue(delivery.revision_id)
    values = {
        **links(False, delivery.subscription_uid.bytes, delivery.uid.bytes),
        "address": delivery.address,
        "greeting": _greeting(delivery.given_name),
        "signed_up_on": _day(delivery.subscribed_since or delivery.created_at),
    }
    html, text = letter.compiled.fill(values)
    fields = list_message_headers(
        _sender(settings),
        to=delivery.address,
        subject=letter.subject,
        message_id=message_id(delivery, settings),
        date=delivery.created_at,
        unsubscribe_url=values["unsubscribe_url"],
        list_label=letter.list_label,
        list_name=letter.list_name,
        campaign=f"m{delivery.mailing_id}",
    )
    return fields, html, text


def _test(delivery: ClaimedDelivery, settings: Settings) -> tuple[Sequence[Field], str, str]:
    if delivery.revision_id is None:
        raise ValueError(f"delivery {delivery.id} has no issue")
    letter = _compiled_issue(delivery.revision_id)
    values = {
        **links(True, delivery.uid.bytes, delivery.uid.bytes),
        "address": delivery.address,
        "greeting": _greeting(""),
        "signed_up_on": _day(delivery.created_at),
    }
    html, text = letter.compiled.fill(values)
    fields = list_message_headers(
        _sender(settings),
        to=delivery.address,
        subject=f"[Test] {letter.subject}",
        message_id=message_id(delivery, settings),
        date=delivery.created_at,
        unsubscribe_url=values["unsubscribe_url"],
        list_label=letter.list_label,
        list_name=letter.list_name,
        campaign=f"t{delivery.id}",
        stream="test",
    )
    return fields, html, text


def _confirmation(delivery: ClaimedDelivery, settings: Settings) -> tuple[Sequence[Field], str, str]:
    asked = confirmations.by_id(delivery.confirmation_id or 0)
    letter, compiled = _confirm_letter(tuple((p.notice_id, p.notice_version) for p in asked.purposes))
    keys, base = keyring(), settings.base_url
    values = {
        "confirm_url": f"{base}/c/{make(Audience.CONFIRM, asked.uid.bytes, keys)}",
        "not_me_url": f"{base}/n/{make(Audience.NOT_ME, asked.uid.bytes, keys)}",
        "help_url": f"{base}/privacy/",
        "address": delivery.address,
    }
    html, text = compiled.fill(values)
    fields = system_message_headers(
        _sender(settings),
        to=delivery.address,
        subject=letter.subject,
        message_id=message_id(delivery, settings),
        date=delivery.created_at,
    )
    return fields, html, text


def message_id(delivery: ClaimedDelivery, settings: Settings) -> str:
    """One for each delivery, the same at every attempt, with neither address nor topic (M-03)."""
    return message_id_of(delivery.uid.hex, settings)


def message_id_of(delivery_uid: str, settings: Settings) -> str:
    """The same from the uid alone, in 32 hex digits."""
    return f"<{delivery_uid}@{settings.return_path_domain}>"


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


@dataclass(frozen=True, slots=True)
class _IssueLetter:
    subject: str
    list_label: str
    list_name: str
    compiled: CompiledLetter


@lru_cache(maxsize=64)
def _compiled_issue(revision_id: int) -> _IssueLetter:
    """A revision never changes, so that it is cut at its slots once a process."""
    revision = series.revision(revision_id)
    if revision is None:
        raise ValueError(f"there is no issue revision {revision_id}")
    title = consent.list_titles([revision.purpose])[revision.purpose]
    return _IssueLetter(
        revision.letter.subject, revision.purpose.replace("_", "-"), title, compile_parts(revision.letter)
    )


@lru_cache(maxsize=64)
def _confirm_letter(notices: tuple[tuple[str, int], ...]) -> tuple[RenderedLetter, CompiledLetter]:
    """The confirmation letter for these notices, whose words never change."""
    shown = [n for notice_id, version in notices if (n := consent.notice(notice_id, version))]
    lists = [
        ListNotice(n.title, n.cadence, n.consent_sentence, f"{n.notice_id} version {n.version}")
        for n in shown
    ]
    letter = render_letter("confirm", confirm_context(brand(), lists, current().controller.name))
    return letter, compile_parts(letter)


def _greeting(given_name: str) -> str:
    return f"Hello {given_name}," if given_name else "Hello,"


def _day(moment: datetime) -> str:
    return long_date(moment.astimezone(HOME_ZONE).date()) or ""
