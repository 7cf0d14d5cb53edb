"""Shortcodes of an export that carry a heading or a question in an attribute: its words stay with their text."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Callout
from pipeline.core.content.words import plain, texts
from tests.core.content.test_many import post, words

BEFORE = "<h2>What it is</h2><p>Eczema makes the skin dry and itchy.</p><h2>FAQs</h2>\n"
ASKED = [
    ("Is it an allergy?", "Not always. Some babies have one as well."),
    ("Will it go away?", "Often, though it may come back."),
]


@pytest.mark.parametrize(
    "shape",
    [
        '[faq title="{0}"]{1}[/faq]',
        "[faq question='{0}']{1}[/faq]",
        '[accordion title="{0}"]{1}[/accordion]',
        '[vc_tta_section title="{0}" tab_id="1"]{1}[/vc_tta_section]',
        '[qa q="{0}"]{1}[/qa]',
        '[faq question="{0}" answer="{1}"]',
        '[ultimate-faq question="{0}" answer="{1}" /]',
    ],
)
def test_a_question_in_a_shortcode_stays_above_its_answer(shape: str) -> None:
    reading = post(BEFORE + "\n".join(shape.format(*pair) for pair in ASKED))
    assert [
        (q.question, " ".join(plain(text) for text, _ in texts(q.answer))) for q in reading.article.faq
    ] == ASKED


def test_the_box_around_questions_is_none_of_them() -> None:
    shape = '[faq title="{0}"]{1}[/faq]'
    inner = "\n".join(shape.format(*pair) for pair in ASKED)
    reading = post(f"{BEFORE}[faq_group]\n{inner}\n[/faq_group]")
    assert [q.question for q in reading.article.faq] == [question for question, _ in ASKED]


def test_one_code_may_stand_within_another_of_its_name() -> None:
    inner = "\n".join(f'[faq title="{asked}"]{said}[/faq]' for asked, said in ASKED)
    reading = post(f"{BEFORE}[faq]\n{inner}\n[/faq]")
    assert [q.question for q in reading.article.faq] == [question for question, _ in ASKED]


def test_the_title_of_a_tab_stays_above_its_words() -> None:
    reading = post(
        "<h2>Care</h2><p>There are two ways.</p>[tabs]"
        '[tab title="For babies"]Use an ointment each day.[/tab]'
        '[tab title="For adults"]Use a cream each day.[/tab][/tabs]'
    )
    held = [b.title for s in reading.article.sections for b in s.blocks if isinstance(b, Callout)] + list(
        words(reading)
    )
    assert {"For babies", "For adults"} <= set(held)
