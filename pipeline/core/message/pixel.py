"""The picture of one pixel, for the messages of those alone who agreed to it (C-31).

It is no slot: no template and no article can name it. A letter is approved, archived and sent without it, and the
second template that a sender compiles of the same letter has it.
"""

from __future__ import annotations

from base64 import b64decode

from pipeline.core.errors import BadInput
from pipeline.core.message.slots import CompiledLetter, CompiledPart

OPEN_URL = "open_url"  # the link that ends in the token of somebody's yes
END = "</body>"
BEFORE, AFTER = '<img src="', '" alt="" width="1" height="1" style="display:block;border:0">'

# Transparent, 42 bytes: what the address of the picture answers, whatever comes after it.
GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def with_pixel(letter: CompiledLetter) -> CompiledLetter:
    """The same letter with the picture at its end. BadInput where the HTML part has no end to put it at."""
    *before, last = letter.html.literals
    words, end, rest = last.rpartition(END)
    if not end:
        raise BadInput(f"The HTML part has no {END} after its last slot. Give it one.")
    html = CompiledPart(
        (*before, f"{words}{BEFORE}", f"{AFTER}{end}{rest}"),
        (*letter.html.names, OPEN_URL),
    )
    return CompiledLetter(html, letter.text, letter.slots | {OPEN_URL})
