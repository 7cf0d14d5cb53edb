"""Where readers are sent for help, and with which words: whom to see, which number to call, by language."""

from __future__ import annotations

import re

from pipeline.core.editorial.view import primary

# Emergency numbers that stand by themselves in any language: Europe and much of the world, the UK and some of the
# Commonwealth, North America. Those of one country alone stand with its language below.
_NUMBERS = r"(?<![\w.,/+-])(?:112|999|911)(?!\s?(?:mg|ml|g|kg|mm|cm|%|people|calories|kcal)\b|[\w/%-]|[.,]\d)"

_WHOM = {
    "en": r"""gps?|doctors?|nhs 111|111|a&e|emergency|urgent care|midwife|health visitor|pharmacists?|nurse|clinic|
        hospital|specialist|dentist|optician|healthcare (?:provider|professional|team)|ambulance|poison control""",
    "de": r"""\w*arzt|\w*ärztin|\w*ärzten?|ärztlich\w*|arztpraxis|praxis|not(?:ruf|dienst|aufnahme|arzt)|
        rettungsdienst|bereitschaftsdienst|krankenhaus|klinik|apotheke\w*|hebamme|giftnotruf|116\s?117""",
    "fr": r"""médecins?|généraliste|pharmacien(?:ne)?|urgences|samu|hôpital|sage-femme|infirmi(?:er|ère)|
        professionnel de santé|le (?:15|18|114)|116\s?117|centre antipoison""",
    "es": r"""médic[oa]s?|doctora?|urgencias|hospital|farmac(?:ia|éutic[oa])|centro de salud|matrona|enfermer[oa]|
        pediatra|ambulancia|061|profesional sanitario""",
}
_ACT = {
    "en": r"""see|call|speak|talk|contact|ask|visit|phone|ring|tell|go to|get help|get medical|seek|consult|dial|book|
        appointment|medical (?:help|advice)""",
    "de": r"""rufen|ruf|wählen|wähle|wenden|wende|gehen|geh|suchen|aufsuchen|aufgesucht|fragen|frage|sprechen|sprich|
        kontaktieren|vereinbaren|anrufen|angerufen|lassen sie|holen|termin|verständigen|hilfe""",
    "fr": r"""appel(?:ez|er|le)|consult(?:ez|er|e)|contact(?:ez|er)|parl(?:ez|er)|demand(?:ez|er)|rendez-vous|voir|
        voyez|allez|aller|compos(?:ez|er)|prenez|rendez-vous|adressez""",
    "es": r"""llam(?:e|ar|a)|acud(?:a|ir|e)|consult(?:e|ar|a)|habl(?:e|ar|a)|pid(?:a|e)|pedir|vaya|ir a|
        contact(?:e|ar)|visit(?:e|ar)|pregunt(?:e|ar)|avis(?:e|ar)|busque|marque|cita""",
}
# What sends somebody for help now, as against an appointment.
_URGENT = {
    "en": r"""a&e|emergency|ambulance|(?:nhs )?111""",
    "de": r"""notruf|notaufnahme|notarzt|rettungsdienst|giftnotruf|116\s?117""",
    "fr": r"""urgences|samu|le (?:15|18|114)""",
    "es": r"""urgencias|ambulancia|061|emergencias""",
}
_SYMPTOMS = {
    "en": r"""symptoms?|warning signs""",
    "de": r"""\w*symptome?|anzeichen|beschwerden|warnzeichen""",
    "fr": r"""symptômes?|signes""",
    "es": r"""síntomas?|signos|señales""",
}

_BREAK = r"\n\s*"
LANGUAGES = tuple(_WHOM)  # whose words are known


def _compiled(table: dict[str, str]) -> dict[str, re.Pattern[str]]:
    """Whole words: the line breaks of a table count for nothing."""
    return {
        language: re.compile(rf"\b(?:{re.sub(_BREAK, '', words)})\b", re.IGNORECASE)
        for language, words in table.items()
    }


_WHOM_WORDS, _ACT_WORDS = _compiled(_WHOM), _compiled(_ACT)
_URGENT_WORDS, _SYMPTOM_WORDS = _compiled(_URGENT), _compiled(_SYMPTOMS)
_NUMBER = re.compile(_NUMBERS)
_NEEDLESS = re.compile(r"\b(?:not|n[’']t|no) need\b|\bno reason to\b")


def names_symptoms(heading: str, language: str) -> bool:
    words = _SYMPTOM_WORDS.get(primary(language))
    return words is not None and words.search(heading) is not None


def sends_for_help(sentence: str, language: str) -> bool:
    """Whether a sentence tells the reader to see, call or ask somebody: "ask your GP", "Notruf 112 wählen"."""
    code = primary(language)
    whom, act = _WHOM_WORDS.get(code), _ACT_WORDS.get(code)
    if _NEEDLESS.search(sentence):
        return False
    if whom is None or act is None:
        return _NUMBER.search(sentence) is not None
    if _NUMBER.search(sentence) is None and whom.search(sentence) is None:
        return False
    return act.search(sentence) is not None


def sends_for_urgent_help(sentence: str, language: str) -> bool:
    """Whether it sends them for help now: "call 999", "appelez le 15", "go to A&E"."""
    words = _URGENT_WORDS.get(primary(language))
    if _NUMBER.search(sentence) is None and (words is None or words.search(sentence) is None):
        return False
    return sends_for_help(sentence, language)
