"""A message that somebody sent us, taken apart with bounded time and memory (C 76).

Parts that are messages themselves are read as text: no chain of them is followed, and nothing is unpacked. What is too
large or has too many parts is not taken apart at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

LARGEST = 1024 * 1024  # octets of a whole report
MOST_PARTS = 200
MOST_HEADERS = 2000  # lines of a header, and fields in all parts
LONGEST_TYPE = 4 * 1024  # octets of one Content-Type: the parser takes minutes over a boundary of a megabyte
LONGEST_VALUE = 8 * 1024  # characters of one field that are kept
RETURNED_HEADERS = 64 * 1024  # octets of a returned message in which its header is looked for

_MESSAGE_TYPE = re.compile(
    rb"(?<![a-z0-9-])message/(?=(?:global-)?delivery-status|feedback-report|rfc822|global|partial|external-body)",
    re.IGNORECASE,
)
_NESTS = re.compile(rb"boundary\s*\*?[0-9]*\s*=", re.IGNORECASE)
_TYPE_LINES = re.compile(rb"^content-type[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_PART_LINE = re.compile(rb"^--", re.MULTILINE)
_FIELD = re.compile(r"([!-9;-~]{1,100})[ \t]*:[ \t]*(.*)")


class TooMuchError(ValueError):
    """It is larger, or has more parts, than any report. The message says which."""


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf. `kind` is its type in small letters, `message/` written as `text/`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A message taken apart. `fields` maps the name of a header in small letters to every value that it has."""

    kind: str
    report_type: str
    fields: Mapping[str, tuple[str, ...]]
    parts: tuple[Part, ...]

    def first(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")

    def part(self, *kinds: str) -> Part | None:
        return next((part for part in self.parts if part.kind in kinds), None)


def take_apart(raw: bytes) -> Taken:
    """Read a message. Raises TooMuchError, and never anything else: whatever octets there are make some message."""
    if len(raw) > LARGEST:
        raise TooMuchError(f"it has {len(raw)} octets, and a report has {LARGEST} at most")
    # All are counted before the parser sees them, since its time grows with the square of the depth.
    header = raw[: raw.find(b"\n\n") if b"\r\n\r\n" not in raw else raw.find(b"\r\n\r\n")]
    if header.count(b"\n") > MOST_HEADERS:
        raise TooMuchError("its header is longer than that of any report")
    if any(len(line[0]) > LONGEST_TYPE for line in _TYPE_LINES.finditer(raw)):
        raise TooMuchError("it has a Content-Type longer than that of any report")
    if len(_NESTS.findall(raw)) > 20 or len(_PART_LINE.findall(raw)) > MOST_PARTS * 5:
        raise TooMuchError("it has more parts than any report")
    message = message_from_bytes(_MESSAGE_TYPE.sub(b"text/", raw))
    parts: list[Part] = []
    headers = 0
    for part in message.walk():
        headers += len(part.keys())
        if len(parts) >= MOST_PARTS or headers > MOST_HEADERS:
            raise TooMuchError("it has more parts or header lines than any report")
        if not part.is_multipart():
            parts.append(Part(_kind(part), _text(part)))
    return Taken(_kind(message), _parameter(message, "report-type"), _fields_of(message), tuple(parts))


def blocks(text: str) -> list[dict[str, tuple[str, ...]]]:
    """The groups of fields of a `delivery-status` or `feedback-report` part, empty lines between them."""
    found: list[dict[str, tuple[str, ...]]] = [{}]
    name = ""
    for line in text.splitlines():
        if not line.strip():
            found.append({})
            name = ""
        elif line[0] in " \t" and name:
            *before, last = found[-1][name]
            found[-1][name] = (*before, f"{last} {line.strip()}"[:LONGEST_VALUE])
        elif field := _FIELD.fullmatch(line):
            name = field[1].lower()
            found[-1][name] = (*found[-1].get(name, ())[:MOST_PARTS], field[2].strip()[:LONGEST_VALUE])
    return [block for block in found if block][:MOST_PARTS]


def returned_headers(taken: Taken) -> dict[str, str]:
    """The header of the message that came back, in a part of its own: name in small letters, first value."""
    part = taken.part("text/rfc822", "text/global", "text/rfc822-headers", "text/global-headers")
    return headers_of(part.text) if part else {}


def headers_of(text: str) -> dict[str, str]:
    """The first group of fields of a message as text."""
    first = next(iter(blocks(text[:RETURNED_HEADERS].lstrip("\r\n"))), {})
    return {name: values[0] for name, values in first.items()}


def _kind(part: Message) -> str:
    return part.get_content_type().lower()


def _parameter(part: Message, name: str) -> str:
    try:
        value = part.get_param(name, "")
    except (ValueError, IndexError, LookupError):
        return ""  # a broken parameter, such as a charset that nobody knows
    return str(value[2] if isinstance(value, tuple) else value).strip().lower()


def _text(part: Message) -> str:
    """The words of a leaf. The charset that it names may be wrong or unknown: UTF-8, and a mark for what is not."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        payload = str(part.get_payload()).encode("utf-8", "replace")
    return (payload if isinstance(payload, bytes) else b"").decode("utf-8", "replace")


def _fields_of(message: Message) -> dict[str, tuple[str, ...]]:
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in message.items():
        key = name.lower()
        fields[key] = (*fields.get(key, ()), " ".join(str(value).split())[:LONGEST_VALUE])
    return fields
