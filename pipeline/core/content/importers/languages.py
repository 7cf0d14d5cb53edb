"""Which language a text may be in, by its letters and its smallest words.

A script is seldom one language: what cannot be known is asked, since the language sets the direction of the email.
"""

from __future__ import annotations

import re
from collections import Counter

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


# Small words that nearly every sentence has, and that English has not.
_SMALL_WORDS: tuple[tuple[str, str, str], ...] = (
    ("English", "", "the of and is are to you your with for that can it"),
    ("Spanish", "es", "el la los las del una es con para por que se y"),
    ("German", "de", "der die das und ist nicht mit ein eine auf von zu"),
    ("French", "fr", "le la les des une est et avec pour dans que du"),
    ("Italian", "it", "il lo gli della una è con per che di sono e"),
    ("Portuguese", "pt", "os as uma é com para que do da não em e"),
    ("Dutch", "nl", "het een van en niet met voor zijn op dat te is"),
    ("Polish", "pl", "się nie jest na do że oraz lub dla przez i w"),
)
_SETS = tuple((name, code, frozenset(words.split())) for name, code, words in _SMALL_WORDS)
_FEWEST = 4  # small words that a guess needs


def guess(text: str) -> tuple[str, Finding | None]:
    """A language code, and the question that goes with it; empty and None where the text seems to be in English."""
    sample = text[:_SAMPLE]
    letters = len(_LETTER.findall(sample))
    for name, code, pattern, share in _TABLE:
        found = pattern.findall(sample)
        if letters and len(found) >= share * letters:
            return code, _question(f"in {name} letters", code, "".join(found[:12]))
    words = Counter(sample.lower().split())
    counts = [(sum(words[word] for word in small), name, code) for name, code, small in _SETS]
    count, name, code = max(counts, key=lambda row: row[0])
    if code and count >= _FEWEST and count > 2 * counts[0][0]:
        return code, _question(f"in {name}, it seems", code, " ".join(sample.split()[:8]))
    return "", None


def _question(what: str, code: str, quote: str) -> Finding:
    message = (
        f"The text is {what}, and names no language. It was taken for '{code}'. "
        "Set `language`, since the direction and the voice of the email follow it."
    )
    return Finding(RULE, Severity.B, 1, quote, message)
