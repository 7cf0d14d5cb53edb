"""Which writing a text is in, for what depends on it: words without spaces, and a language that nobody named."""

from __future__ import annotations

import re

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"

SPACELESS = re.compile(f"[{HAN}{KANA}]")
_KANA = re.compile(f"[{KANA}]")

# One script may write many languages: these are the ones that a page without a `lang` is most likely in.
_SCRIPTS = (
    ("ja", _KANA),
    ("ko", re.compile("[\uac00-\ud7a3\u1100-\u11ff]")),
    ("zh", re.compile(f"[{HAN}]")),
    ("ar", re.compile("[\u0620-\u064a\u0671-\u06d3]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
_SHARE = 0.2  # of the letters, since an English text may quote a name
_KANA_SHARE = 0.05  # Chinese has none, and Japanese may be mostly Han


def language_of(text: str) -> str | None:
    """A language that is likely by the script of `text`; None for Latin letters, which many languages share."""
    letters = sum(map(str.isalpha, text))
    for code, script in _SCRIPTS:
        share = _KANA_SHARE if script is _KANA else _SHARE
        if letters and len(script.findall(text)) > letters * share:
            return code
    return None


def has_kana(text: str) -> bool:
    return _KANA.search(text) is not None
