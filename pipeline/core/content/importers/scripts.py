"""Which script a text is in, and what language that may be.

A script is seldom one language: what cannot be known is asked, since the language sets the direction of the email.
"""

from __future__ import annotations

import re

from pipeline.core.content.article import Finding, Severity

RULE = "language-guessed"

_SAMPLE = 20_000  # characters that are looked at
_MOSTLY = 0.3  # of the letters; a page in Japanese has Latin names
# The first row with enough letters wins: Japanese is told by its kana, before the signs that it shares with Chinese.
_ROWS: tuple[tuple[str, str, str, float], ...] = (
    ("Japanese", "ja", r"[\u3040-\u30ff]", 0.1),
    ("Korean", "ko", r"[\uac00-\ud7af\u1100-\u11ff]", _MOSTLY),
    ("Chinese", "zh", r"[\u3400-\u9fff]", _MOSTLY),
    ("Arabic", "ar", r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]", _MOSTLY),
    ("Hebrew", "he", r"[\u0590-\u05ff]", _MOSTLY),
    ("Cyrillic", "ru", r"[\u0400-\u04ff]", _MOSTLY),
    ("Greek", "el", r"[\u0370-\u03ff]", _MOSTLY),
    ("Devanagari", "hi", r"[\u0900-\u097f]", _MOSTLY),
    ("Bengali", "bn", r"[\u0980-\u09ff]", _MOSTLY),
    ("Gurmukhi", "pa", r"[\u0a00-\u0a7f]", _MOSTLY),
    ("Gujarati", "gu", r"[\u0a80-\u0aff]", _MOSTLY),
    ("Tamil", "ta", r"[\u0b80-\u0bff]", _MOSTLY),
    ("Thai", "th", r"[\u0e00-\u0e7f]", _MOSTLY),
    ("Ethiopic", "am", r"[\u1200-\u137f]", _MOSTLY),
)
_TABLE = tuple((name, code, re.compile(letters), share) for name, code, letters, share in _ROWS)
_LETTER = re.compile(r"[^\W\d_]")


def guess(text: str) -> tuple[str, Finding | None]:
    """A language code, and the question that goes with it; empty and None where the letters are Latin."""
    sample = text[:_SAMPLE]
    letters = len(_LETTER.findall(sample))
    for name, code, pattern, share in _TABLE:
        found = pattern.findall(sample)
        if letters and len(found) >= share * letters:
            message = (
                f"The text is in {name} letters and names no language. It was taken for '{code}'. "
                "Set `language`, since the direction and the voice of the email follow it."
            )
            return code, Finding(RULE, Severity.B, 1, "".join(found[:12]), message)
    return "", None
