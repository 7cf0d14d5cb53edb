"""What a section is about, guessed from its heading. The first row that matches wins."""

from __future__ import annotations

import re

from pipeline.core.content.article import SectionKind

_ROWS: tuple[tuple[SectionKind, str], ...] = (
    (SectionKind.QUESTIONS, r"faqs?|frequently asked|questions and answers|common questions"),
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


def guess_kind(heading: str) -> SectionKind:
    return next((kind for kind, words in _TABLE if words.search(heading)), SectionKind.OTHER)
