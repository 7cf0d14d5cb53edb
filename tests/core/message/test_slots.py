from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.errors import BadInput
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.message.slots import SLOTS, compile_parts

LETTER = RenderedLetter(
    subject="Sleeping well",
    preheader="Why the clock matters",
    html='<p>[[greeting]]</p><a href="[[unsubscribe_url]]">Stop</a><p>[[greeting]]</p>',
    text="[[greeting]]\nStop: [[unsubscribe_url]]\n",
)
VALUES = {"greeting": "Hello Ada,", "unsubscribe_url": "https://rounds.example/u/1?a=1&b=2"}


def test_values_are_escaped_in_html_and_plain_in_text() -> None:
    html, text = compile_parts(LETTER).fill(VALUES | {"greeting": 'Hello <b>"Ada" & co'})
    assert html.startswith("<p>Hello &lt;b&gt;&quot;Ada&quot; &amp; co</p>")
    assert 'href="https://rounds.example/u/1?a=1&amp;b=2"' in html
    assert text == 'Hello <b>"Ada" & co\nStop: https://rounds.example/u/1?a=1&b=2\n'


@pytest.mark.parametrize("name", ["[[unsubscribe_url]]", "{{7*7}}", "\\1 \\g<0>", "{0} %s"])
def test_a_name_is_only_ever_itself(name: str) -> None:
    _, text = compile_parts(LETTER).fill(VALUES | {"greeting": name})
    assert text.startswith(f"{name}\n")


def test_two_subscribers_of_one_compiled_letter_do_not_mix() -> None:
    compiled = compile_parts(LETTER)
    first = compiled.fill(VALUES)
    compiled.fill(VALUES | {"greeting": "Hello Ben,"})
    assert compiled.fill(VALUES) == first


@pytest.mark.parametrize("part", ["html", "text"])
def test_an_unknown_slot_is_refused_before_any_message_is_made(part: str) -> None:
    with pytest.raises(BadInput, match=r"\[\[unsubscribe_link\]\]"):
        compile_parts(replace(LETTER, **{part: "[[unsubscribe_link]]"}))


@pytest.mark.parametrize("part", ["subject", "preheader"])
def test_no_slot_reaches_a_header(part: str) -> None:
    with pytest.raises(BadInput, match=part):
        compile_parts(replace(LETTER, **{part: "For [[address]]"}))


def test_brackets_that_are_no_slot_stay_as_they_are() -> None:
    html, _ = compile_parts(replace(LETTER, html="[[7*7]] [[Greeting]] [2] [[]]")).fill(VALUES)
    assert html == "[[7*7]] [[Greeting]] [2] [[]]"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(BadInput, match=r"\[\[unsubscribe_url\]\] has no value"):
        compile_parts(LETTER).fill({"greeting": "Hello,"})


@pytest.mark.parametrize("value", ["Ada\r\nBcc: x@y.test", "Ada\x00", "Ada\u2028"])
def test_a_line_break_in_a_value_is_refused(value: str) -> None:
    with pytest.raises(BadInput, match="greeting"):
        compile_parts(LETTER).fill(VALUES | {"greeting": value})


def test_a_link_slot_takes_only_web_and_mail_addresses() -> None:
    with pytest.raises(BadInput, match="unsubscribe_url"):
        compile_parts(LETTER).fill(VALUES | {"unsubscribe_url": "javascript:alert(1)"})


def test_the_longest_values_fill_every_slot_there_is() -> None:
    every = " ".join(f"[[{name}]]" for name in SLOTS)
    html, text = compile_parts(replace(LETTER, html=every, text=every)).fill(SLOTS)
    assert "[[" not in html + text
    assert len(SLOTS["address"]) == 254
