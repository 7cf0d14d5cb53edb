"""Characters that do not show: control characters, marks of writing direction, and letters of no width.

A terminal obeys them, a database refuses some, and a reader cannot see that they turned a dose round.
"""

from __future__ import annotations

import re

# C0 and C1 without tab and line ends, DEL, and halves of a pair that make no character alone.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Embeddings, overrides and isolates: what stands after them is shown in another order than it is written.
TURNS = "\u202a-\u202e\u2066-\u2069"
# Marks of direction, soft hyphens, joiners and spaces of no width.
NO_WIDTH = "\u00ad\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff"
HIDDEN = re.compile(f"[{NO_WIDTH}{TURNS}]")
_OBEYED = re.compile(f"{CONTROL.pattern[:-1]}{TURNS}]")


def without_controls(text: str, instead: str = "") -> str:
    return CONTROL.sub(instead, text)


def shown(text: str) -> str:
    """Text for a terminal: U+FFFD stands for whatever it would obey. Tabs and line ends stay."""
    return _OBEYED.sub("\N{REPLACEMENT CHARACTER}", text)


def escaped(json_text: str) -> str:
    """JSON with escapes for what a terminal would obey, which says the same to a program."""
    return _OBEYED.sub(lambda match: f"\\u{ord(match.group()):04x}", json_text)
