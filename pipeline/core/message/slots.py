"""Slots: the only places where one subscriber's letter differs from another's.

A letter is rendered once with `[[name]]` marks in it. Compiling cuts each part at its marks; filling joins
the pieces with the values of one subscriber. No value ever meets a template engine or a parser, so that a
name such as `{{7*7}}` or `[[address]]` is only ever itself (S-09).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from pipeline.core.errors import BadInput
from pipeline.core.message.quoted_printable import encoded_value
from pipeline.core.message.rendered import RenderedLetter

SLOT = re.compile(r"\[\[([a-z][a-z0-9_]*)\]\]")
CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")
# Means itself in HTML and in quoted-printable, and fits on a line. `From ` at the start of one is left out.
_PLAIN = re.compile(r"(?!From )[A-Za-z0-9,@_+/:-](?: ?[A-Za-z0-9.,@_+/:-]){0,36}")
LINK_SCHEMES = ("https://", "http://", "mailto:")

# Every slot there is, with the longest value that it is measured with (H-01). An address has at most 254
# bytes (RFC 5321 4.5.3.1.3), a token URL about 74 characters (S-01); the rest is our own wording.
SLOTS: Mapping[str, str] = {
    "unsubscribe_url": "https://" + "u" * 192,
    "preferences_url": "https://" + "p" * 192,
    "confirm_url": "https://" + "c" * 192,
    "not_me_url": "https://" + "n" * 192,
    "action_url": "https://" + "a" * 192,
    "help_url": "https://" + "h" * 192,
    "address": "a" * 241 + "@longest.test",
    "greeting": "Hello " + "Wilhelmina " * 6,
    "signed_up_on": "30 September 2026",
}


def slot_names(text: str) -> tuple[str, ...]:
    """The slots that `text` mentions, each once, in the order of their first place."""
    return tuple(dict.fromkeys(SLOT.findall(text)))


@dataclass(frozen=True, slots=True)
class CompiledPart:
    """`literals[0] slot_names[0] literals[1] ... literals[n]`: one more literal than names."""

    literals: tuple[str, ...]
    names: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> str:
        pieces = [self.literals[0]]
        for name, literal in zip(self.names, self.literals[1:], strict=True):
            pieces += (values[name], literal)
        return "".join(pieces)


@dataclass(frozen=True, slots=True)
class CompiledLetter:
    """A letter cut at its slots, ready to be filled for any number of subscribers."""

    html: CompiledPart
    text: CompiledPart
    slots: frozenset[str]

    def fill(self, values: Mapping[str, str]) -> tuple[str, str]:
        """The HTML part (values escaped) and the text part (values as they are) for one subscriber.

        Values for slots that the letter does not have are ignored. A missing value, a control character in
        a value, or a `*_url` that is no web or mail address is BadInput that names the slot.
        """
        for name in self.slots:
            _refuse_unfit(name, values.get(name))
        escaped = {name: escape(values[name]) for name in self.slots}
        return self.html.fill(escaped), self.text.fill(values)


def encoded_slot(name: str, value: str) -> tuple[bytes, bytes]:
    """The value for a hole of the HTML part and of the text part, in quoted-printable. BadInput as in `fill`."""
    if _PLAIN.fullmatch(value) and not name.endswith("_url"):
        plain = value.encode("ascii")
        return plain, plain
    _refuse_unfit(name, value)
    return encoded_value(escape(value)), encoded_value(value)


def compile_parts(letter: RenderedLetter) -> CompiledLetter:
    """Cut a letter at its slots. An unknown slot, or any slot in the subject or preheader, is BadInput."""
    for where, header in (("subject", letter.subject), ("preheader", letter.preheader)):
        for name in slot_names(header):
            raise BadInput(
                f"The {where} holds the slot [[{name}]]. Take it out: headers hold nothing personal."
            )
    html, text = _cut("HTML part", letter.html), _cut("text part", letter.text)
    return CompiledLetter(html, text, frozenset(html.names) | frozenset(text.names))


def _cut(where: str, part: str) -> CompiledPart:
    pieces = SLOT.split(part)
    for name in pieces[1::2]:
        if name not in SLOTS:
            known = ", ".join(sorted(SLOTS))
            raise BadInput(f"The {where} holds the unknown slot [[{name}]]. Use one of: {known}.")
    return CompiledPart(tuple(pieces[0::2]), tuple(pieces[1::2]))


def _refuse_unfit(name: str, value: str | None) -> None:
    if value is None:
        raise BadInput(f"The slot [[{name}]] has no value. Give one for each slot of the letter.")
    if CONTROL.search(value):
        raise BadInput(f"The value of [[{name}]] holds a line break or control character. Use plain words.")
    if name.endswith("_url") and not value.startswith(LINK_SCHEMES):
        raise BadInput(f"The value of [[{name}]] is no web address. Start it with https://.")
