"""The letter that everybody sends: 35 kB of HTML and 6 kB of text with seven places for one reader's own words.

It is the golden letter of the tests, which is a real issue, with paragraphs added up to the size. The places are
written as Rounds writes them, `[[greeting]]`; a peer turns them into the marks of its own templates.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.message.rendered import RenderedLetter

HTML_BYTES = 35_000
TEXT_BYTES = 6_000
KEY = b"a key of the benchmark, and of nobody else"
SITE = "https://letters.example"
SENDER = "Example Health <letters@letters.example>"
RETURN_PATH = "bounces@letters.example"
SUBJECT = "Why the clock matters & what light does"

_GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden" / "letters"
_SENTENCE = (
    "A walk in the first light of the day sets the clock in your body a little earlier, and a lamp that is "
    "turned down in the evening keeps it there. "
)
NAMES = ("Ada", "Ben", "Cleo", "Dilys", "Ewan", "Fatima", "Gwen", "Hugo")


@dataclass(frozen=True, slots=True)
class Reader:
    """One made-up subscriber and the words that are theirs."""

    address: str
    values: dict[str, str]


def letter() -> RenderedLetter:
    """The letter with its slots open."""
    html, text = (_GOLDEN / "issue.html").read_text(), (_GOLDEN / "issue.txt").read_text()
    html = html.replace("\r\n", "\n")
    before, after = html.split("</body>")
    paragraph = (
        f'<p style="display: block;margin: 0 0 16px;font-size: 15px;line-height: 1.6;">{_SENTENCE}</p>\n'
    )
    html = f"{_grown(before, paragraph, HTML_BYTES - len(after) - len('</body>'))}</body>{after}"
    text = _grown(text.rstrip("\n") + "\n", "\n" + _wrapped(_SENTENCE * 3), TEXT_BYTES)
    return RenderedLetter(SUBJECT, "What morning light does to your sleep", html, text)


def template(part: str, opening: str = "{{ ", closing: str = " }}") -> str:
    """A part with its places marked as another template language marks them."""
    return part.replace("[[", opening).replace("]]", closing)


def reader(number: int) -> Reader:
    """The reader of this number: an address under `.test`, a name and two links with a signature."""
    address = f"reader{number}@readers.test"
    values = {
        "address": address,
        "greeting": f"Hello {NAMES[number % len(NAMES)]},",
        "signed_up_on": f"{number % 28 + 1} March 2026",
        "unsubscribe_url": f"{SITE}/u/{_token(number, b'u')}",
        "preferences_url": f"{SITE}/p/{_token(number, b'p')}",
    }
    return Reader(address, values)


def _token(number: int, audience: bytes) -> str:
    name = number.to_bytes(16, "big")
    return urlsafe_b64encode(name + hmac.digest(KEY, audience + name, "sha256")[:16]).decode().rstrip("=")


def _grown(part: str, addition: str, size: int) -> str:
    while len((part + addition).encode()) <= size:
        part += addition
    return part


def _wrapped(words: str) -> str:
    lines, line = [], ""
    for word in words.split():
        if len(line) + len(word) > 76:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "\n".join([*lines, line]) + "\n"
