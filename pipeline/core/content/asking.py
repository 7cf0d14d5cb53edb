"""How a question ends, in every script that has a sign of its own for it."""

from __future__ import annotations

_CLOSING = " \t\n”“\"'’)]»」』）"
_ENDS = ("?", "？", "؟", "⸮", "՞", "፧")


def asks(text: str) -> bool:
    """Whether a sentence or a heading is a question, whatever closes behind its sign."""
    return text.rstrip(_CLOSING).endswith(_ENDS)
