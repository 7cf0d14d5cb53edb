"""Scripts without Latin letters or without spaces: words, minutes, names and languages."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Paragraph, Run
from pipeline.core.content.importers import read
from pipeline.core.content.markdown_writer import write
from pipeline.core.content.script import language_of
from pipeline.core.content.slug import is_slug, slug
from pipeline.core.content.words import word_count


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "貧血" * 100,
            179,
        ),  # 200 characters, of which Chinese reads 255 a minute where English reads 228 words
        ("ひんけつ" * 50, 128),  # 200 characters, of which Japanese reads 357
        ("one two 貧血", 4),
        ("one - two", 2),
        ("&" * 5000, 0),
        ("فقر الدم خطير", 3),
    ],
)
def test_words_are_counted_as_long_as_they_take_to_read(text: str, words: int) -> None:
    assert word_count((Paragraph((Run(text),)),)) == words


def test_titles_without_latin_letters_have_names_of_their_own_that_stay() -> None:
    names = [slug(text) for text in ("貧血とは", "風邪とは", "فقر الدم", "אנמיה", "COVID-19とは何でしょうか")]
    assert len(set(names)) == 5
    assert all(is_slug(name) for name in names)
    assert slug("貧血とは") == "item-46b66c7e"
    assert names[-1].startswith("covid-19-")


@pytest.mark.parametrize(
    ("text", "name"), [("Crème brûlée", "creme-brulee"), ("???", "item"), ("Grüße aus Łódź", "grue-aus-odz")]
)
def test_titles_in_latin_letters_keep_the_name_that_they_had(text: str, name: str) -> None:
    assert slug(text) == name


def test_an_article_in_another_script_writes_and_reads_again() -> None:
    source = "---\ntitle: 貧血とは\nlanguage: ja\n---\n\n## 症状\n\n疲れます。\n\n## 治療\n\n休みます。\n"
    article = read("a.md", source.encode()).article
    assert len({section.id for section in article.sections}) == 2
    assert read("a.md", write(article).encode()).article.slug == article.slug


def test_a_text_page_in_japanese_has_its_headings_and_questions() -> None:
    source = "貧血とは\n\n症状\n\n疲れやすくなります。息切れもします。\n\n治療\n\n鉄剤を飲みます。\n"
    article = read("a.txt", source.encode()).article
    assert [section.heading for section in article.sections] == ["症状", "治療"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("鉄分が不足", "ja"),
        ("缺铁性贫血", "zh"),
        ("빈혈", "ko"),
        ("فقر الدم", "ar"),
        ("אנמיה", "he"),
        ("Colds", None),
        ("1 2", None),
    ],
)
def test_a_language_is_guessed_where_its_script_tells(text: str, language: str | None) -> None:
    assert language_of(text) == language
