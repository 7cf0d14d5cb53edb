"""The language of an article: what its page says where its words agree, and a question wherever it was guessed."""

from __future__ import annotations

import pytest

from pipeline.core.content.importers import read
from pipeline.core.content.importers.languages import settled

WORDS = {
    "es": "La tos es una de las molestias que más se repiten, y por lo general se va sola con el tiempo.",
    "de": "Der Husten ist ein Schutz und die Lunge wird von Schleim frei. Das ist nicht zu verwechseln.",
    "fr": "La toux est un réflexe pour les bronches, et le rhume passe avec du repos dans la plupart des cas.",
    "tr": "Öksürük ve nezle için ilaç da gerekmez. Bu bir virüs ile olur ve çok su içmek iyi gelir.",
    "cy": "Mae peswch yn gyffredin ac mae wedi para wythnos gan amlaf. Yn yr haf, neu ar ôl annwyd, i blant ei gael.",
}


def _page(words: str, lang: str = "") -> bytes:
    lang = f" lang={lang}" if lang else ""
    return f"<html{lang}><main><h1>Husten</h1><h2>A</h2><p>{words}</p></main></html>".encode()


@pytest.mark.parametrize("code", WORDS)
def test_a_page_without_a_language_is_not_taken_for_english(code: str) -> None:
    page = read("a.html", _page(WORDS[code]))
    markdown = read("a.md", f"# Husten\n\n## A\n\n{WORDS[code]}\n".encode())
    for reading in (page, markdown):
        assert reading.article.language == code
        assert [(f.rule, f.severity) for f in reading.findings if f.rule.startswith("language")] == [
            ("language-guessed", "B")
        ]


@pytest.mark.parametrize(
    ("said", "code", "language"),
    [("en-US", "es", "es"), ("en", "de", "de"), ("fr-CA", "de", "de"), ("ja", "fr", "fr")],
)
def test_a_language_that_a_theme_left_behind_gives_way_to_the_words(
    said: str, code: str, language: str
) -> None:
    page = read("a.html", _page(WORDS[code], said))
    markdown = read("a.md", f"---\ntitle: T\ndate: x\nlang: {said}\n---\n\n## A\n\n{WORDS[code]}\n".encode())
    for reading in (page, markdown):
        assert reading.article.language == language
        assert ("language-disagrees", "B") in [(f.rule, f.severity) for f in reading.findings]


ENGLISH = "The cough is a reflex of the lungs, and it can be a sign that you are on the way to a cold."


def test_english_under_another_language_is_told_too() -> None:
    language, question = settled("de-DE", ENGLISH)
    assert language == "en-GB"
    assert question is not None
    assert "'de-DE'" in question.message


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("en-US", ENGLISH),
        ("fr", WORDS["fr"]),
        ("uk", "Кашель є захистом, і він минає сам."),
        ("ur", "کھانسی ایک عام علامت ہے"),
        ("ca", "La tos és una de les molèsties que es repeteixen, i per això el metge la coneix."),
        ("en", "COVID-19"),
        ("zh-Hant", "咳嗽是常見的症狀。"),
    ],
)
def test_what_a_page_says_stands_where_its_words_may_be_of_it(said: str, text: str) -> None:
    assert settled(said, text) == (said, None)


def test_words_of_no_language_that_is_known_are_asked_about() -> None:
    language, question = settled("", "Kikohozi ni kinga. " * 30)
    assert language == "en-GB"
    assert question is not None
    assert "no language that is known here" in question.message


def test_a_file_of_ours_that_names_another_language_to_be_asked_no_rule_is_told_of() -> None:
    words = "You can stop taking your warfarin. It is one of the things that you are free to do with it."
    file = "---\ntitle: Warfarin\nlanguage: {}\n---\n\n## Taking it\n\n" + words + "\n"
    told = [
        [(f.severity.value, f.line) for f in read("a.md", file.format(code).encode()).findings]
        for code in ("fr", "xx", "en-GB")
    ]
    assert told == [[("B", 3)], [("B", 3)], []]
