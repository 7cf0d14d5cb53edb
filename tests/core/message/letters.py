"""A letter, its header and its values, and the keys that sign it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from pipeline.core.message.dkim import Signer, signer
from pipeline.core.message.headers import Sender, list_message_headers, plain_address, to_value
from pipeline.core.message.letter_template import (
    ANY_ADDRESS,
    ANY_DATE,
    ANY_TOKEN,
    ANY_UID,
    Links,
    compile_message,
)
from pipeline.core.message.mime import boundary_of
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.message.slots import compile_parts, encoded_slot
from pipeline.core.message.wire import MessageTemplate

SENDER = Sender(
    name="Rounds Health",
    address="news@rounds.example",
    reply_to="",
    list_id_domain="lists.rounds.example",
    return_path_domain="bounces.rounds.example",
    feedback_sender_id="roundsmail",
    help_url="https://rounds.example/help",
)
BASE = "https://rounds.example"
HTML = (
    "<!doctype html>\n<p>[[greeting]]</p>\n<p>What the scan shows, naïvely put: a = b.</p>\n"
    '<p><a href="[[unsubscribe_url]]">Stop</a> or <a href="[[preferences_url]]">choose</a>. '
    'You gave [[address]] on [[signed_up_on]].</p>\n<p><a href="[[help_url]]">Help</a></p>\n'
)
TEXT = "[[greeting]]\n\nWhat the scan shows.\n\nStop: [[unsubscribe_url]]\nYours: [[address]], [[signed_up_on]]\n"


LINKS = Links(
    {"help_url": f"{BASE}/privacy/"},
    {"unsubscribe_url": f"{BASE}/u/", "preferences_url": f"{BASE}/p/"},
)


def template(
    html: str = HTML,
    text: str = TEXT,
    subject: str = "What the scan shows",
    signers: Sequence[Signer] = (),
    links: Links = LINKS,
) -> MessageTemplate:
    letter = RenderedLetter(subject, "Before you ask", html, text)
    fields = list_message_headers(
        SENDER,
        to=ANY_ADDRESS,
        subject=subject,
        message_id=f"<{ANY_UID}@bounces.rounds.example>",
        date=ANY_DATE,
        unsubscribe_url=f"{BASE}/u/{ANY_TOKEN}",
        list_label="weekly-health-email",
        list_name="Weekly health email",
        campaign="m17",
    )
    return compile_message(fields, compile_parts(letter), links, boundary_of(letter.content_sha256), signers)


def values(
    address: str = "ada@readers.test",
    greeting: str = "Hello Ada,",
    token: str = "AZ-_" * 9,
    uid: bytes = bytes(16),
) -> dict[str, bytes]:
    to, relaxed_to = to_value(address)
    html_greeting, text_greeting = encoded_slot("greeting", greeting)
    if plain_address(address):
        html_address = text_address = address.encode()
    else:
        html_address, text_address = encoded_slot("address", address)
    day = encoded_slot("signed_up_on", "30 September 2026")[0]
    return {
        "date": b"Mon, 24 Nov 2025 09:00:00 +0000",
        "moment": b"1763974800",
        "to": to,
        "address": relaxed_to,
        "uid": uid.hex().encode(),
        "token.unsubscribe_url": token.encode(),
        "token.preferences_url": token[::-1].encode(),
        "html.address": html_address,
        "text.address": text_address,
        "html.greeting": html_greeting,
        "text.greeting": text_greeting,
        "html.signed_up_on": day,
        "text.signed_up_on": day,
    }


@cache
def rsa_signer() -> Signer:
    return signer("rounds.example", "r1", rsa.generate_private_key(public_exponent=65537, key_size=2048))


@cache
def ed25519_signer() -> Signer:
    return signer("rounds.example", "e1", ed25519.Ed25519PrivateKey.generate())


def records(*signers: Signer) -> dict[str, str]:
    """The DNS of a domain with these keys."""
    return {one.record_name: one.public_record for one in signers}
