"""The header fields of our messages, and the bytes that they become.

One stdlib policy cannot fold both a long Subject and a long List-Unsubscribe: it either wraps the URL in RFC
2047 encoded-words, which kills one-click unsubscribe, or writes encoded-words of 340 characters (M-05, U-02).
So each field here has a kind, and each kind its own folding.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from pipeline.core.errors import BadInput
from pipeline.core.message.addr_spec import a_label, addr_spec
from pipeline.core.message.encoded_words import encoded_words

LINE_LIMIT = 76  # RFC 2047 section 2; within the 78 of RFC 5322 section 2.1.1
HARD_LIMIT = 998  # RFC 5322 section 2.1.1
ONCE = ("Date", "From", "To", "Subject", "Message-ID")  # M-01; MIME-Version comes with the body
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
TEST_DOMAINS = frozenset({"test", "example", "invalid", "localhost"})

_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_STRUCTURED_WORD = re.compile(r'(?:<[^<>]*>|"(?:[^"\\]|\\.)*"|[^ <>"])+')
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SENDER_ID = re.compile(r"[A-Za-z0-9._-]{5,15}")
# An address that needs neither quoting, folding nor lower-casing, nor encoding in a part of the message. 66 characters
# leave no room for a label of more than 63.
_PLAIN_ADDRESS = re.compile(
    r"(?=[^@]{1,64}@)(?=.{3,66}\Z)[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)*", re.ASCII
)
_URL = re.compile(r"https?://[!#-;=?-Z_a-z~%\[\]]+")


@dataclass(frozen=True, slots=True)
class Unstructured:
    """Free text, such as Subject: encoded-words of at most 75 characters when it is not short plain ASCII."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox: a display name, which may be encoded, and an addr-spec, which never is (RFC 2047 section
    5).
    """

    name: str
    address: str
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class ListId:
    """`List-Id: phrase <label.namespace>` (RFC 2919). `label` is the whole of what stands in the brackets."""

    phrase: str
    label: str
    name: str = "List-Id"


@dataclass(frozen=True, slots=True)
class Structured:
    """ASCII that means what it says, such as List-Unsubscribe: never encoded, folded only at spaces outside
    <>.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time, aware (RFC 5322 section 3.3)."""

    name: str
    when: datetime


Field = Unstructured | Mailbox | ListId | Structured | Moment


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a message is from, the same for every message of an installation.

    `list_id_domain` and `return_path_domain` are domains of ours; `feedback_sender_id` has 5 to 15 characters
    (U-32). `reply_to` may be empty: then replies go to `address`.
    """

    name: str
    address: str
    reply_to: str
    list_id_domain: str
    return_path_domain: str
    feedback_sender_id: str
    help_url: str


def list_message_headers(
    sender: Sender,
    *,
    to: str,
    subject: str,
    message_id: str,
    date: datetime,
    unsubscribe_url: str,
    list_label: str,
    list_name: str,
    campaign: str,
    stream: str = "newsletter",
) -> tuple[Field, ...]:
    """The fields of one issue for one subscriber (M-01 to M-03, U-01 to U-03, U-30 to U-33).

    `list_label` names the list for ever and names no condition ("weekly-health-email"); `list_name` is its
    phrase for people. `campaign` is an opaque id ("c17"): Feedback-ID may hold neither topic nor person. No
    mailto leg is offered until somebody reads that mailbox.
    """
    label, url = a_label(f"{list_label}.{sender.list_id_domain}"), _https(unsubscribe_url)
    return (
        *_common(sender, to, subject, message_id, date),
        ListId(list_name, label),
        Structured("List-Unsubscribe", f"<{url}>"),
        Structured("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        Structured("List-Help", f"<{_https(sender.help_url)}>"),
        Structured("List-Post", "NO"),
        Structured("Feedback-ID", _feedback_id(campaign, list_label, stream, sender.feedback_sender_id)),
        Structured("Precedence", "bulk"),
        Structured("X-Auto-Response-Suppress", "OOF, AutoReply"),
    )


def system_message_headers(
    sender: Sender, *, to: str, subject: str, message_id: str, date: datetime
) -> tuple[Field, ...]:
    """The fields of a message that one person asked for: confirm your address, you are unsubscribed (U-33)."""
    return (
        *_common(sender, to, subject, message_id, date),
        Structured("Auto-Submitted", "auto-generated"),
        Structured("X-Auto-Response-Suppress", "OOF, AutoReply"),
    )


def serialise(fields: Sequence[Field], *, smtputf8: bool = False) -> bytes:
    """The header block, each line ended by CRLF, without the empty line after it.

    BadInput when a value could break out of its field (S-08), when a field stands twice, when Bcc is there at
    all, or when an address needs SMTPUTF8 and `smtputf8` is false (M-11).
    """
    _refuse_repeats(field.name for field in fields)
    return "".join(f"{_written(field, smtputf8)}\r\n" for field in fields).encode("utf-8")


def plain_address(address: str) -> bool:
    """Whether an address is the same everywhere: in To, in DKIM's form of it, in HTML and in quoted-printable."""
    return _PLAIN_ADDRESS.fullmatch(address) is not None


def to_value(address: str) -> tuple[bytes, bytes]:
    """What follows `To:` on the wire, and the same relaxed (RFC 6376 section 3.4.2).

    An address outside ASCII is in UTF-8 (RFC 6532); it goes only to a relay that offers SMTPUTF8 (M-11).
    """
    if plain_address(address):
        data = address.encode("ascii")
        return b" " + data, data
    value = serialise([Mailbox("To", address)], smtputf8=True)[len("To:") : -len("\r\n")]
    return value, b" ".join(value.split())


def _common(sender: Sender, to: str, subject: str, message_id: str, date: datetime) -> tuple[Field, ...]:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise BadInput("A Message-ID is a dot-atom, an @ and a domain between angle brackets.")
    reply_to = (Mailbox("Reply-To", sender.reply_to),) if sender.reply_to else ()
    return (
        Moment("Date", date),
        Mailbox("From", sender.address, sender.name),
        *reply_to,
        Mailbox("To", to),
        Unstructured("Subject", subject),
        Structured("Message-ID", message_id),
    )


def _feedback_id(*parts: str) -> str:
    *free, sender_id = parts
    if not _SENDER_ID.fullmatch(sender_id):
        raise BadInput("The feedback sender id has 5 to 15 letters, digits, dots, underscores or hyphens.")
    if len(set(parts)) != len(parts) or not all(_TOKEN.fullmatch(part) for part in free):
        raise BadInput("The parts of Feedback-ID are short ASCII words, and no two are the same.")
    return ":".join(parts)


def may_be_plain_http(host: str) -> bool:
    """Whether links to a host may be http: on this machine, and under the names kept for tests (RFC 2606, RFC 6761).

    Everywhere else a one-click link is https (RFC 8058 section 3.1).
    """
    return host in LOOPBACK_HOSTS or host.rpartition(".")[2] in TEST_DOMAINS


def _https(url: str) -> str:
    """The URL, if it is https or its host may do without."""
    if not _URL.fullmatch(url):
        raise BadInput("A link in a header is a whole https:// URL of plain ASCII without spaces or quotes.")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise BadInput("A link in a header names a host that cannot be read.") from None
    if parts.scheme != "https" and not may_be_plain_http(parts.hostname or ""):
        raise BadInput("A link in a header must be https:// (set ROUNDS_BASE_URL to an https address).")
    return url


def _refuse_repeats(names: Iterable[str]) -> None:
    for name, count in Counter(name.lower() for name in names).items():
        if count > 1:
            raise BadInput(f"The header field {name} stands {count} times; it may stand once.")
        if name in {"bcc", "resent-bcc"}:
            raise BadInput("A message has no Bcc field: every subscriber gets a message of their own.")


def _written(field: Field, smtputf8: bool) -> str:
    """The whole field, folded, without its last CRLF."""
    if not _NAME.fullmatch(field.name):
        raise BadInput("The name of a header field holds only letters, digits and hyphens.")
    match field:
        case Unstructured(name, text):
            return _unstructured(name, _clean(name, text))
        case Mailbox(name, address, display_name):
            spec = addr_spec(_clean(name, address))
            if spec.needs_smtputf8 and not smtputf8:
                raise BadInput(f"The address in {name} needs SMTPUTF8, which the relay does not offer.")
            return _phrase_and(name, _clean(name, display_name), str(spec))
        case ListId(phrase, label, name):
            return _phrase_and(name, _clean(name, phrase), a_label(label), bracketed=True)
        case Structured(name, value):
            return _structured(name, _clean(name, value))
        case Moment(name, when):
            if when.tzinfo is None:
                raise BadInput(f"The time in {name} has no zone.")
            return f"{name}: {format_datetime(when)}"


def _clean(name: str, value: str) -> str:
    """S-08: no control character reaches a header, whatever the kind; nor does a line break that only Unicode
    knows.
    """
    for character in value:
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            raise BadInput(f"The value for {name} holds the control character U+{ord(character):04X}.")
    return value


def _unstructured(name: str, text: str) -> str:
    if not text.strip():
        raise BadInput(f"{name} is empty.")
    words = text.split(" ")
    if text.isascii() and "=?" not in text and "" not in words and _fits(name, words):
        return _fold(name, words, LINE_LIMIT)
    return _fold(name, encoded_words(text, LINE_LIMIT - len(name) - 2), LINE_LIMIT)


def _fits(name: str, words: Sequence[str]) -> bool:
    return len(name) + 2 + len(words[0]) <= LINE_LIMIT and all(len(word) < LINE_LIMIT for word in words)


def _phrase_and(name: str, phrase: str, target: str, *, bracketed: bool = False) -> str:
    """`phrase <target>`; without a phrase the brackets stand only when the field needs them."""
    if not phrase.strip():
        return _fold(name, [f"<{target}>" if bracketed else target], LINE_LIMIT)
    return _fold(name, [*_phrase_words(name, phrase), f"<{target}>"], LINE_LIMIT)


def _phrase_words(name: str, phrase: str) -> list[str]:
    quoted = '"' + re.sub(r'(["\\])', r"\\\1", phrase) + '"'
    if phrase.isascii() and "=?" not in phrase and len(quoted) <= LINE_LIMIT - len(name) - 2:
        return phrase.split(" ") if _ATOMS.fullmatch(phrase) else [quoted]
    return encoded_words(phrase, LINE_LIMIT - len(name) - 2)


def _structured(name: str, value: str) -> str:
    if not value.isascii():
        raise BadInput(f"The value for {name} must be plain ASCII: this field is never encoded.")
    words = _STRUCTURED_WORD.findall(value)
    if " ".join(words) != value or not words or "=?" in value:
        raise BadInput(f"The value for {name} is not in the form that this field takes.")
    return _fold(name, words, LINE_LIMIT)


def _fold(name: str, words: Sequence[str], limit: int) -> str:
    """Words separated by one space or by one fold. A word longer than a line stands on a line of its own."""
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) <= limit:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    if max(len(line.encode()) for line in lines) > HARD_LIMIT:
        raise BadInput(f"The value for {name} has a word longer than a line may be ({HARD_LIMIT} bytes).")
    return "\r\n".join(lines)
