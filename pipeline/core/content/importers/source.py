"""Bytes to text, or a sentence that says what is wrong with them."""

from __future__ import annotations

import re

from pipeline.core.errors import BadInput

LARGEST = 2 * 1024 * 1024  # bytes; the longest health article is a fiftieth of it

_LETTER = re.compile(r"[^\W_]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def decode(name: str, source: bytes) -> str:
    """`source` as text with `\\n` line ends and no byte-order mark. `name` is what a sentence calls the file."""
    if len(source) > LARGEST:
        raise BadInput(
            "The file is larger than 2 MiB: an article is words only. Take out what is not.", place=name
        )
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise BadInput(
            "This is not UTF-8 text. Save the file as UTF-8 and try again.", place=name, line=line
        ) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
    if control := _CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        code = f"U+{ord(control.group()):04X}"
        raise BadInput(
            f"The line holds the control character {code}, so this may not be a text file. Remove it or save as UTF-8.",
            place=name,
            line=line,
        )
    if not _LETTER.search(text):
        raise BadInput(
            "The file is empty: there is no word in it. Write the article, or name another file.", place=name
        )
    return text
