"""Which language a text is in: what its page says, or what its letters and its smallest words tell.

A script is seldom one language, and themes leave a `lang` of their own behind: what cannot be known is asked, since the
language sets the direction of the email and the voice that reads it aloud.
"""

from __future__ import annotations

import re
from collections import Counter

from pipeline.core.content.article import Finding, Severity

RULE = "language-guessed"
DISAGREES_RULE = "language-disagrees"

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


# Languages that share letters: one that is declared is believed where the letters are those of its script.
_SHARED = {
    "ar": "fa ur ps ckb ug sd",
    "he": "yi",
    "ru": "uk bg sr mk be kk ky mn tg tt",
    "hi": "mr ne sa mai bho",
    "bn": "as",
    "zh": "yue wuu nan lzh",
    "am": "ti",
}
# Small words that nearly every sentence has, and that English has not.
_SMALL_WORDS: tuple[tuple[str, str, str], ...] = (
    ("English", "en", "the of and is are to you your with for that can it"),
    ("Spanish", "es", "el la los las del una es con para por que se y"),
    ("German", "de", "der die das und ist nicht mit ein eine auf von zu"),
    ("French", "fr", "le la les des une est et avec pour dans que du"),
    ("Italian", "it", "il lo gli della una è con per che di sono e"),
    ("Portuguese", "pt", "os as uma é com para que do da não em e"),
    ("Dutch", "nl", "het een van en niet met voor zijn op dat te is"),
    ("Polish", "pl", "się nie jest na do że oraz lub dla przez i w"),
    ("Welsh", "cy", "yn y yr mae ac i ei wedi gan ar neu hyn"),
    ("Swedish", "sv", "och att det som en är av för på med inte den"),
    ("Danish", "da", "og at det som en er af for på med ikke du"),
    ("Norwegian", "nb", "og å det som en er av for på med ikke du"),
    ("Finnish", "fi", "ja on ei se että voi ovat kun tai myös"),
    ("Turkish", "tr", "ve bir bu için ile da de olan çok veya gibi"),
    ("Romanian", "ro", "și de la în este cu pe nu care sau sunt din"),
    ("Czech", "cs", "se je na že pro nebo při jsou také jako"),
    ("Hungarian", "hu", "az és hogy nem egy van vagy meg mint csak"),
    ("Vietnamese", "vi", "và của là có các cho được không những bạn một"),
    ("Indonesian", "id", "yang dan di dengan untuk atau ini dari dapat tidak pada"),
)
_SETS = tuple((name, code, frozenset(words.split())) for name, code, words in _SMALL_WORDS)
_NAMES = {code: name for name, code, _ in _SMALL_WORDS}
_FEWEST = 4  # small words that a guess needs
_LEAST = 0.04  # of the words of an English text are such; a usual one has five times that
_SOME = 60  # words


def settled(said: str, text: str) -> tuple[str, Finding | None]:
    """The language of a page that says `said`, or nothing, and what a person should check."""
    if not said:
        code, question = guess(text)
        return code or "en-GB", question
    declared = said.lower().split("-")[0]
    name, code = _by_script(text) or _by_words(text, declared)
    if not code or code == declared or declared in _SHARED.get(code, "").split():
        return said, None
    message = (
        f"The page says that its language is '{said[:20]}', and its words are {name}, it seems. It was taken for "
        f"'{code}'. Set `language`, since the direction and the voice of the email follow it."
    )
    code = "en-GB" if code == "en" else code
    return code, Finding(DISAGREES_RULE, Severity.B, 1, _start(text), message)


def guess(text: str) -> tuple[str, Finding | None]:
    """A language code, and the question that goes with it; empty and None where the text seems to be in English."""
    sample = text[:_SAMPLE]
    quote = _start(sample)
    if found := _by_script(sample):
        return found[1], _question(found[0], found[1], quote)
    name, code = _by_words(sample, "en")
    if code and code != "en":
        return code, _question(f"{name}, it seems", code, quote)
    words = sample.lower().split()
    english = _SETS[0][2]
    if len(words) >= _SOME and sum(word in english for word in words) < _LEAST * len(words):
        message = (
            "The words are of no language that is known here, and were taken for English. Set `language`."
        )
        return "", Finding(RULE, Severity.B, 1, quote, message)
    return "", None


def _by_script(text: str) -> tuple[str, str] | None:
    sample = text[:_SAMPLE]
    letters = len(_LETTER.findall(sample))
    for name, code, pattern, share in _TABLE:
        if letters and len(pattern.findall(sample)) >= share * letters:
            return f"in {name} letters", code
    return None


def _by_words(text: str, declared: str) -> tuple[str, str]:
    """The language whose small words are more than twice as many as those of the declared one; else nothing."""
    words = Counter(text[:_SAMPLE].lower().split())
    counts = {code: sum(words[word] for word in small) for _, code, small in _SETS}
    code = max(counts, key=lambda one: counts[one])
    if declared not in counts and not (code == "en" or declared in _CODES):
        return "", ""  # a neighbour of one in the table, such as Catalan
    if counts[code] >= _FEWEST and counts[code] > 2 * counts.get(declared, 0):
        return f"in {_NAMES[code]}", code
    return "", ""


_CODES = frozenset(
    row[1] for row in _ROWS
)  # of scripts: a page that declares one has no sentence in Latin letters


def _start(text: str) -> str:
    return " ".join(text[:500].split()[:8])[:80]


def _question(what: str, code: str, quote: str) -> Finding:
    message = (
        f"The text is {what}, and names no language. It was taken for '{code}'. "
        "Set `language`, since the direction and the voice of the email follow it."
    )
    return Finding(RULE, Severity.B, 1, quote, message)
