"""Headings over sources and over questions, in the languages that are known, are known to every reader."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Reading
from pipeline.core.content.importers import read
from pipeline.core.content.importers.reference_names import names_further_reading, names_references
from pipeline.core.content.kinds import heads_questions
from tests.core.content.samples import anchors

SOURCES = (
    "References",
    "Literatur",
    "Quellen",
    "Quellenangaben:",
    "Références",
    "Notes et références",
    "Bibliografía",
    "Referências bibliográficas",
    "Riferimenti",
    "参考文献",
    "المراجع",
    "Список литературы",
)
QUESTIONS = (
    "FAQ",
    "Questions",
    "Q&A",
    "Häufig gestellte Fragen",
    "Fragen und Antworten",
    "Preguntas frecuentes",
    "Questions et réponses",
    "Perguntas frequentes",
    "Domande e risposte",
    "よくあるご質問",
    "الأسئلة المتكررة",
    "Вопросы и ответы",
)


def web(heading: str, under: str, asked: str = "") -> Reading:
    page = f"<html><main><h1>Gicht</h1><h2>A</h2><p>Sehr selten.[1]</p>{asked}<h2>{heading}</h2>{under}</main></html>"
    return read("a.html", page.encode())


def foreign(heading: str, under: str) -> Reading:
    return read(
        "a.md", f"---\ntitle: T\ndate: x\n---\n## A\n\nSehr selten.[1]\n\n## {heading}\n\n{under}\n".encode()
    )


@pytest.mark.parametrize("heading", SOURCES)
def test_a_list_under_a_heading_over_sources_is_the_list_of_references(heading: str) -> None:
    page = web(heading, "<ol><li>Muster A. Gicht. 2020.</li><li>Muster B. Ruhe. 2021.</li></ol>")
    text = foreign(heading, "1. Muster A. Gicht. 2020.\n2. Muster B. Ruhe. 2021.")
    for reading in (page, text):
        assert [r.text for r in reading.article.references] == [
            "Muster A. Gicht. 2020.",
            "Muster B. Ruhe. 2021.",
        ]
        assert [numbers for _, numbers in anchors(reading.article)] == [[1]]
        assert [s.heading for s in reading.article.sections] == ["A"]


@pytest.mark.parametrize("heading", QUESTIONS)
def test_headings_under_a_heading_over_questions_are_questions(heading: str) -> None:
    page = web(heading, "<h3>Warum?</h3><p>Darum.</p><h3>Wann</h3><p>Bald.</p>")
    text = foreign(heading, "### Warum?\n\nDarum.\n\n### Wann\n\nBald.")
    for reading in (page, text):
        assert [q.question for q in reading.article.faq] == ["Warum?", "Wann"]
        assert [s.heading for s in reading.article.sections] == ["A"]


def test_other_headings_are_neither() -> None:
    for heading in (
        "Sources of iron",
        "Literature for children and where to find it",
        "Quelle surprise",
        "Note",
    ):
        assert not names_references(heading)
    for heading in ("Questions?", "Questions to ask your doctor", "Any questions?", "Frage der Woche"):
        assert not heads_questions(heading)
    assert names_further_reading("Further reading:")
    assert not names_further_reading("References")
