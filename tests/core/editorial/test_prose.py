"""Where a sentence ends, in the writings that articles come in."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Article, Cite, Inlines, Paragraph, Run, Section, SectionKind
from pipeline.core.content.asking import asks
from pipeline.core.editorial import check
from pipeline.core.editorial.prose import passages, sentences_of


def sentences(*text: str | Cite) -> list[tuple[str, bool]]:
    inlines: Inlines = tuple(Run(part) if isinstance(part, str) else part for part in text)
    section = Section("a", "A", 2, SectionKind.OTHER, (Paragraph(inlines, 2),))
    article = Article("T", "t", (section,))
    return [(s.text, s.cited) for passage in passages(article) for s in sentences_of(passage)]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("It hurts. It passes! Does it? Yes.", 4),
        ("It hurts. “It passes.” (Often.) 3 in 10 know it.", 4),
        ("熱があります。水を飲んでください！痛いですか？はい。", 4),
        ("彼は「痛い。」と言いました。休みました。", 2),
        ("多喝水。如果发烧，请看医生！", 2),
        ("تناول الدواء مع الطعام. لا تتوقف عنه! هل تشعر بألم؟ اتصل بالطبيب.", 4),
        ("دوا کھائیں۔ پانی پئیں۔ کیا درد ہے؟ ڈاکٹر سے ملیں۔", 4),
        ("पानी पिएँ। आराम करें। क्या दर्द है? डॉक्टर से मिलें।", 4),
        ("Das hilft. Über Nacht wird es besser. „Gut.“ Ärzte raten dazu.", 4),
        ("Ça passe. Éviter l’alcool. « Oui. » À voir.", 4),
        ("¿Duele? ¡Llame! Ábralo.", 3),
        ("Боль пройдёт. Пейте воду.", 2),
        ("It hurts… Then it passes.", 2),
        ("Wait… and see.", 1),
        ("Das gilt z. B. Aspirin und d. h. Tabletten am 3. Oktober.", 1),
        ("See e.g. Smith and Dr. Jones vs. Mr. Brown.", 1),
        ("Il coûte env. 3 euros selon M. Durand.", 1),
        ("Lo dice la Dra. Pérez, p. ej. Ana.", 1),
        ("It is 3.5 mg and 0.5 mg.", 1),
        ("約3.5mgです。", 1),
    ],
)
def test_a_sentence_ends_where_its_writing_ends_it(text: str, ends: int) -> None:
    assert len(sentences(text)) == ends
    assert "".join(piece for piece, _ in sentences(text)).replace(" ", "") == text.replace(" ", "")


def test_a_citation_behind_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    one = Cite(("a",))
    assert [cited for _, cited in sentences("約10%です。", one, "水を飲みます。")] == [True, False]
    assert [cited for _, cited in sentences("यह 10% है।", one, " पानी पिएँ।")] == [True, False]
    assert [cited for _, cited in sentences("It is 10%.", one, " Drink.")] == [True, False]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ja", "水を飲みます。約10%の人に出ます。"),
        ("zh", "多喝水。大约10%的人会发烧。"),
        ("hi", "पानी पिएँ। लगभग 10% लोगों को होता है।"),
        ("ar", "اشرب الماء؟ حوالي 10% من الناس."),
    ],
)
def test_the_rules_quote_one_sentence_and_not_the_paragraph(language: str, text: str) -> None:
    section = Section("a", "A", 2, SectionKind.OTHER, (Paragraph((Run(text),), 2),))
    article = Article("T", "t", (section,), language=language, disclaimer="D")
    quotes = [f.quote for f in check(article) if f.rule == "E-03.number-without-citation"]
    assert len(quotes) == 1
    assert "10%" in quotes[0]
    assert len(quotes[0]) < len(text)


@pytest.mark.parametrize(
    "text", ["Does it hurt?", "“Does it hurt?”", "痛いですか？", "هل تشعر بألم؟", "(Why?) "]
)
def test_a_question_is_known_in_any_writing(text: str) -> None:
    assert asks(text)
    assert not asks(f"{text} Yes.")
