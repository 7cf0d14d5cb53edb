"""How a question ends, in every script that has a sign of its own for it."""

from __future__ import annotations

_ENDS = ("?", "？", "؟", "⸮", "՞", "፧")


def asks(text: str) -> bool:
    return text.rstrip().endswith(_ENDS)
