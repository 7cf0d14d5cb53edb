"""What a section is about, guessed from its heading. The first row that matches wins."""

from __future__ import annotations

import re

from pipeline.core.content.article import SectionKind
from pipeline.core.content.asking import asks

_ROWS: tuple[tuple[SectionKind, str], ...] = (
    (SectionKind.QUESTIONS, r"faqs?|frequently asked|questions (?:and|&) answers|common questions"),
    (SectionKind.SUMMARY, r"summary|in short|key points|conclusions?|takeaways?|to sum up"),
    (SectionKind.HELP, r"get help|see (?:a|your) (?:doctor|gp)|seek (?:help|advice|care)|emergency|999|111"),
    (SectionKind.PREVENTION, r"prevent\w*|reduc\w+ (?:the|your) risk|lower\w* (?:the|your) risk"),
    (SectionKind.SYMPTOMS, r"signs?|symptoms?"),
    (SectionKind.CAUSES, r"causes?|caused|risk factors?|at risk|why (?:do|does|it)"),
    (SectionKind.MANAGEMENT, r"manag\w+|treat\w*|living with|medicines?|therap(?:y|ies)|self-care"),
    (SectionKind.DIAGNOSIS, r"diagnos\w+|tests?|testing|investigations?|found|screening"),
    (SectionKind.TYPES, r"types?|kinds?|forms|stages|classification"),
    (SectionKind.INTRODUCTION, r"introduction|in this article|about this (?:article|series)"),
    (SectionKind.OVERVIEW, r"overview|what (?:is|are)|definition|about"),
)
_TABLE = tuple((kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _ROWS)

# The same in Spanish, German, French, Portuguese and Italian: whole words. None is an English word.
_ELSEWHERE: tuple[tuple[SectionKind, str], ...] = (
    (
        SectionKind.QUESTIONS,
        r"preguntas (?:m[áa]s )?frecuentes|h[äa]ufige? (?:gestellte )?fragen|questions fr[ée]quentes"
        r"|perguntas frequentes",
    ),
    (
        SectionKind.QUESTIONS,
        r"foire aux questions|domande (?:pi[ùu] )?frequenti|fragen (?:und|&) antworten|preguntas y respuestas"
        r"|questions (?:et|&) r[ée]ponses|perguntas e respostas|domande e risposte|veelgestelde vragen",
    ),
    (SectionKind.SUMMARY, r"resumen|zusammenfassung|en r[ée]sum[ée]|resumo|conclusiones|riassunto|fazit"),
    (SectionKind.PREVENTION, r"prevenci[óo]n|vorbeug\w+|preven[çc][ãa]o|prevenzione"),
    (SectionKind.SYMPTOMS, r"s[íi]ntomas|symptome|anzeichen|sympt[ôo]mes|sintomi|signes"),
    (SectionKind.CAUSES, r"causas|ursachen?|factores de riesgo|risikofaktoren|facteurs de risque"),
    (SectionKind.MANAGEMENT, r"tratamientos?|behandlung\w*|traitements?|tratamento|trattamento|therapie"),
    (SectionKind.DIAGNOSIS, r"diagn[óo]stico|untersuchung\w*|pruebas|diagnosi"),
    (SectionKind.TYPES, r"tipos|arten|formen|tipi"),
    (SectionKind.INTRODUCTION, r"introducci[óo]n|einleitung|einf[üu]hrung|introdu[çc][ãa]o|introduzione"),
    (SectionKind.OVERVIEW, r"qu[ée] es|was ist|qu[’']est-ce que|o que [ée]|che cos[’']è"),
)
# Scripts without spaces between words, and Arabic, whose article is part of the word.
_ELSEWHERE_INSIDE: tuple[tuple[SectionKind, str], ...] = (
    (
        SectionKind.QUESTIONS,
        r"よくある(?:ご)?質問|質問と回答|الأسئلة (?:الشائعة|المتكررة)|أسئلة (?:وأجوبة|شائعة)|常见问题|常見問題|问答"
        r"|част(?:ые|о задаваемые) вопросы|вопросы и ответы",
    ),
    (SectionKind.SUMMARY, r"まとめ|要約|خلاصة|الخلاصة|总结"),
    (SectionKind.PREVENTION, r"予防|الوقاية|预防|профилактика"),
    (SectionKind.SYMPTOMS, r"症状|أعراض|симптомы"),
    (SectionKind.CAUSES, r"原因|أسباب|причины"),
    (SectionKind.MANAGEMENT, r"治療|علاج|治疗|лечение"),
    (SectionKind.DIAGNOSIS, r"診断|検査|تشخيص|诊断|диагностика"),
    (SectionKind.TYPES, r"種類|أنواع|类型|виды"),
    (SectionKind.OVERVIEW, r"とは|ما هو|ما هي|是什么|что такое"),
)
_TABLE += tuple((kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _ELSEWHERE)
_TABLE += tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _ELSEWHERE_INSIDE)


# Whole headings that are one over questions where they stand alone, and ordinary words elsewhere.
_QUESTIONS_ALONE = re.compile(
    r"(?:your |more )?(?:questions?|q ?(?:&|and) ?as?)(?: answered)?|fragen|h[äa]ufiges|preguntas|perguntas|domande"
    r"|質問",
    re.IGNORECASE,
)


def heads_questions(heading: str) -> bool:
    """Whether a heading is one over questions and answers, and asks none itself."""
    words = heading.strip(" :.：")
    if asks(words):
        return False
    return guess_kind(words) is SectionKind.QUESTIONS or _QUESTIONS_ALONE.fullmatch(words) is not None


def guess_kind(heading: str) -> SectionKind:
    return next((kind for kind, words in _TABLE if words.search(heading)), SectionKind.OTHER)
