"""Words of the frame: English, another language, and what stands in for what a language has not got."""

from __future__ import annotations

import pytest

from pipeline.core.errors import BadInput
from pipeline.core.message.labels import ENGLISH, Labels, check_label, direction


@pytest.mark.parametrize(
    ("language", "way"),
    [
        ("en-GB", "ltr"),
        ("ar", "rtl"),
        ("he-IL", "rtl"),
        ("fa", "rtl"),
        ("ja", "ltr"),
        ("az-Arab", "rtl"),
        ("ar-Latn", "ltr"),
        ("ks-Deva-IN", "ltr"),
    ],
)
def test_direction_goes_by_the_script_and_else_by_the_language(language: str, way: str) -> None:
    assert direction(language) == way


def test_english_needs_no_brand() -> None:
    labels = Labels("en-GB", {})
    assert labels.words("issue_of", number=2, total=6) == "Issue 2 of 6"
    assert labels.say("written_by", author="A & B") == "Written by A &amp; B."


def test_a_word_that_a_language_lacks_is_english_and_says_so() -> None:
    labels = Labels("ar-EG", {"ar": {"references": "المراجع"}})
    assert labels.say("references") == "المراجع"
    assert labels.say("help") == '<span lang="en-GB" dir="ltr">Where to get help</span>'
    assert labels.words("help") == "Where to get help"


def test_the_nearest_of_a_brands_own_words_goes_first() -> None:
    own = {"pt": {"help": "Ajuda"}, "pt-br": {"help": "Onde pedir ajuda"}, "en": {"help": "Help"}}
    assert Labels("pt-BR", own).words("help") == "Onde pedir ajuda"
    assert Labels("pt-PT", own).words("help") == "Ajuda"
    assert Labels("en-GB", own).words("help") == "Help"
    assert Labels("fr", own).say("help") == '<span lang="en-GB" dir="ltr">Help</span>'


@pytest.mark.parametrize(
    ("key", "words", "complaint"),
    [
        ("helpp", "x", "is no label"),
        ("help", " ", "needs words"),
        ("help", "a\nb", "on one line"),
        ("issue_of", "Number {number}", "same braces"),
        ("issue_of", "{number} {total} {series}", "same braces"),
        ("help", "{0.__class__}", "same braces"),
        ("written_by", "{author.__class__}", "same braces"),
        ("written_by", "{author!r}", "more than a name"),
        ("written_by", "{author:>9999999}", "more than a name"),
        ("written_by", "{author", "cannot be read"),
        ("signed_up", "You joined {list}:", "same slots"),
        ("help", "[[unsubscribe_url]]", "same slots"),
    ],
)
def test_a_label_of_a_brand_may_only_say_what_ours_says(key: str, words: str, complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        check_label(key, words)


def test_each_label_of_ours_would_pass() -> None:
    for key, words in ENGLISH.items():
        check_label(key, words)
