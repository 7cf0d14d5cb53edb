"""The readers, in a table: each says which files are its own, and turns one into a `Reading`.

A new form (HTML, a WordPress export, a feed) is one module beside these and one row above plain text, which takes
whatever nobody else knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.core.content.article import Reading
from pipeline.core.content.importers import foreign_markdown, markdown, plain_text
from pipeline.core.content.importers.source import decode


@dataclass(frozen=True, slots=True)
class Form:
    """`recognises` and `read` take the name of the file and its text with `\\n` line ends."""

    name: str
    recognises: Callable[[str, str], bool]
    read: Callable[[str, str], Reading]


FORMS = (
    Form("markdown of other tools", foreign_markdown.recognises, foreign_markdown.read),
    Form("markdown", markdown.recognises, markdown.read),
    Form("plain text", lambda name, text: True, plain_text.read),
)


def read(name: str, source: bytes) -> Reading:
    """The article in `source`, what was noticed and what was left out.

    `name` is the file's name as the person gave it; sentences call the file by it. Raises `BadInput`, and nothing else.
    """
    text = decode(name, source)
    form = next(form for form in FORMS if form.recognises(name, text))
    return form.read(name, text)
