"""How urgent a box of a page is, for every reader: by what its system says, by the words in it, or by its name.

A box may say when to call an ambulance, and the words of tools are about colours. So urgency is only ever raised by a
guess: words that call for help now go before any name, and a box that warns in a language whose words are not known
here is taken for the most urgent. What was guessed is a finding that says by what.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pipeline.core.content.article import Finding, Severity, Urgency
from pipeline.core.content.script import language_of

RULE = "box-urgency"

_URGENT = "urgent emergency"
_ALERT = (
    "warning warn caution danger error important attention alert alert-warning alert-danger critical failure bug"
    " red-flag redflag soon"
)
_NOTE = (
    "note notice info information tip hint success check done question help faq abstract summary tldr example quote"
    " cite todo seealso see-also alert-info alert-success alert-primary alert-secondary key-points keypoints key-facts"
    " keyfacts takeaway takeaways fact infobox info-box"
)
# They say that it is a box, and nothing of what is in it.
_BOX = "callout admonition aside box panel highlight primary secondary details spoiler"
_BARE = frozenset(_BOX.split())
_KINDS = {
    **dict.fromkeys(_URGENT.split(), Urgency.URGENT),
    **dict.fromkeys(_ALERT.split(), Urgency.SOON),
    **dict.fromkeys((*_NOTE.split(), *_BARE), Urgency.NOTE),
}
_ORDER = (Urgency.URGENT, Urgency.SOON, Urgency.NOTE)
_PARTED = re.compile(r"[-_]+")
_PREFIX = re.compile(r"^(?:callout|alert|admonition|notice|ad|box)[-_]+(?=\w)")
# The NHS digital service manual: red cards for an emergency (immediate) and for urgent help, a blue one for a GP.
_STATED = (
    (Urgency.SOON, re.compile(r"care-card--(?:non-urgent|primary)")),
    (Urgency.URGENT, re.compile(r"care-card--(?:urgent|immediate|emergency)")),
)

# Each language's words for help now and for help soon. A number stands alone only where no other number can be meant.
_ROWS: tuple[tuple[str, str, str], ...] = (
    (
        "en",
        r"999|911|112|111|A ?& ?E|emergency|ambulance|immediately|urgently?|straight away|right away",
        r"GPs?|doctors?|nurses?|midwi(?:fe|ves)|pharmacists?|appointment",
    ),
    ("cy", r"brys|ambiwlans|argyfwng|ar unwaith", r"meddyg\w*|fferyllydd|nyrs|apwyntiad"),
    (
        "de",
        r"Notruf\w*|Notarzt\w*|Notärzt\w*|Notaufnahme\w*|Notfall\w*|Notfälle\w*|Rettungsdienst\w*|Rettungswagen\w*|"
        r"Krankenwagen\w*|sofort|unverzüglich|umgehend",
        r"\w*(?:arzt|ärztin|ärzte|ärzten|ärztinnen|apotheker|apothekerin|apotheke|hebamme)|116\s?117",
    ),
    (
        "fr",
        r"SAMU|urgences?|urgent[es]{0,2}|ambulances?|immédiatement|sans attendre|"
        r"(?:appel|compos|contact|téléphon|joign)\w*(?:\s[^\s.]{1,15}){0,3}\s"
        r"(?:15|17|18|114)(?!\s?(?:jours?|heures?|minutes?|ans|mois|semaines?|fois|m?g|ml|%))",
        r"médecins?|docteur|pharmacien(?:ne)?s?|infirmi(?:er|ère)s?|sages?-femmes?|rendez-vous",
    ),
    (
        "es",
        r"061|urgencias?|urgentes?|emergencias?|ambulancias?|inmediatamente|de inmediato|enseguida",
        r"médic[oa]s?|doctor(?:a|es)?|farmacéutic[oa]s?|enfermer[oa]s?|matronas?|cita previa|pida cita",
    ),
    (
        "it",
        r"118|pronto soccorso|emergenz[ae]|ambulanz[ae]|urgent[ei]|urgenza|subito|immediatamente",
        r"medic[oi]|dottor(?:e|essa)|farmacist[ai]|infermier[aei]|ostetric[ae]|appuntamento",
    ),
    (
        "pt",
        r"192|urgências?|urgentes?|emergências?|ambulâncias?|pronto[- ]socorro|imediatamente|de imediato",
        r"médic[oa]s?|doutora?|farmacêutic[oa]s?|enfermeir[oa]s?|consulta",
    ),
    (
        "nl",
        r"spoed\w*|ambulance|onmiddellijk|meteen|noodgeval\w*|noodnummer",
        r"\w*artsen|\w*arts|apothekers?|verpleegkundigen?|verloskundigen?|afspraak",
    ),
    (
        "pl",
        r"pogotowi\w*|karetk\w*|natychmiast|niezwłocznie|nagł\w+|pilnie",
        r"lekarz\w*|farmaceut\w*|pielęgniar\w*|położn\w*|wizyt\w*",
    ),
    (
        "ru",
        r"(?:номер\w*|телефон\w*|позвон\w+|набер\w+|вызов\w+)\s(?:на\s|по\s)?103|"
        r"скор\w+ помощ\w*|неотложн\w*|немедленно|срочно",
        r"врач\w*|доктор\w*|фармацевт\w*|медсестр\w*|акушер\w*",
    ),
)
_ROWS_INSIDE: tuple[
    tuple[str, str, str], ...
] = (  # of writing without spaces, and Arabic, whose article is a prefix
    (
        "ja",
        r"119(?=番|へ|に|を)|救急|緊急|直ちに|ただちに|すぐに|至急|大至急",
        r"医師|医者|医院|病院|受診|薬剤師|助産師|看護師|予約",
    ),
    (
        "zh",
        r"(?:拨打|撥打|打|叫|致电|呼叫)\s?120|120(?=急救|电话)|急救|急诊|急診|救护车|救護車|立即|立刻|马上|馬上|紧急|緊急",
        r"医生|醫生|药剂师|護士|护士|预约|就医|就醫",
    ),
    ("ko", r"119(?=에|로|번)|응급|구급차|즉시|긴급", r"의사|병원|약사|간호사|진료"),
    ("ar", r"997|طوارئ|طارئ|[إا]سعاف|فور(?:ا|ًا|اً)|عاجل|حالًا", r"طبيب|الأطباء|صيدل|ممرض|قابلة|موعد"),
)
KNOWN = frozenset(row[0] for row in (*_ROWS, *_ROWS_INSIDE))  # languages whose words for help are known here
_AS_WORDS = r"(?<!\w)(?:{})(?!\w)"


def _pattern(column: int) -> re.Pattern[str]:
    words = "|".join(row[column] for row in _ROWS)
    inside = "|".join(row[column] for row in _ROWS_INSIDE)
    return re.compile(f"{_AS_WORDS.format(words)}|{inside}", re.IGNORECASE)


_NOW, _SOON = _pattern(1), _pattern(2)
_AMERICAN = re.compile(r"\bER\b")  # "er" is a word of German
_NON_URGENT = re.compile(
    r"\bnon-urgent\b|\bnon urgente?s?\b|\bnicht dringend\b|\bno urgentes?\b", re.IGNORECASE
)
_QUOTE = 160  # characters of what a person sees


@dataclass(frozen=True, slots=True)
class Told:
    """How urgent a box is. `by` says what told it, and is empty where its system or its author said so."""

    urgency: Urgency
    by: str = ""
    severity: Severity = Severity.C


def is_box(word: str) -> bool:
    """Whether a tool calls a box so."""
    return _simple(word) in _KINDS


def of_name(word: str) -> Urgency:
    """What a tool's word for a box promises."""
    return _KINDS.get(_simple(word), Urgency.NOTE)


def told(names: str, words: str, language: str = "", *, are_classes: bool = False) -> Told:
    """How urgent a box is that is called by one of `names`, the word of a tool or `are_classes`, and says `words`.

    `language` is the page's own, or empty. Words that call for help outweigh every name but a system's own. A tool's
    "note" is its author's word, and a class is only how a box looks.
    """
    for urgency, pattern in _STATED:
        if pattern.search(names):
            return Told(urgency)
    name = _strongest(names)
    kind = _KINDS.get(name, Urgency.NOTE)
    text = _NON_URGENT.sub("", _with_plain_digits(words))
    if now := _NOW.search(text) or _AMERICAN.search(text):
        return Told(Urgency.URGENT, f"its words '{now.group()}'", Severity.B)
    if kind is Urgency.URGENT:
        return Told(kind, f"its name '{name}'", Severity.B)
    unknown = _unknown(text, language)
    by = f"its name '{name}'" if name and name not in _BARE else ""
    if unknown:
        also = f"{by or 'nothing but being a box'}; words for help in its language ('{unknown}') are not known here"
        return Told(Urgency.URGENT if kind is Urgency.SOON else kind, also, Severity.B)
    if soon := _SOON.search(text):
        return Told(Urgency.SOON, f"its words '{soon.group()}'", Severity.B)
    if kind is Urgency.SOON:
        return Told(kind, by, Severity.B)
    if by and not are_classes:
        return Told(kind)
    return Told(kind, by or "its words, which call for no help")


def question(told: Told, line: int, quote: str) -> Finding | None:
    """What a person should check; None where the system or the author said how urgent the box is."""
    if not told.by:
        return None
    message = f"A box was read as `{told.urgency.value}`, by {told.by}. Check how soon its reader should act."
    return Finding(RULE, told.severity, line, quote.strip()[:_QUOTE], message)


def _strongest(names: str) -> str:
    """The name that tells most. `alert` beside `alert-info` only says that it is a box, as Bootstrap writes it."""
    words = names.lower().replace("non-urgent", "").split()
    whole = [word for word in words if _simple(word) in _KINDS]
    parts = [part for word in words if word not in whole for part in _PARTED.split(word) if part in _KINDS]
    if any(word.startswith("alert-") for word in whole):
        whole, parts = [word for word in whole if word != "alert"], [p for p in parts if p != "alert"]
    known = [_simple(word) for word in whole] + parts
    return min(known, key=lambda name: (_ORDER.index(_KINDS[name]), name in _BARE), default="")


def _unknown(text: str, language: str) -> str:
    """The language of a box, if its words for help are not known here."""
    code = (language_of(text) or language).lower().split("-")[0]
    return "" if not code or code in KNOWN else code


def _with_plain_digits(words: str) -> str:
    return unicodedata.normalize("NFKC", words).translate(_DIGITS)


_DIGITS = {start + n: str(n) for start in (0x660, 0x6F0, 0x966) for n in range(10)}


def _simple(word: str) -> str:
    word = word.lower().strip()
    if word in _KINDS:
        return word
    return _PREFIX.sub("", word) or word
