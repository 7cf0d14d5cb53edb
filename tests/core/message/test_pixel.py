from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.errors import BadInput
from pipeline.core.message.pixel import GIF, OPEN_URL, with_pixel
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.message.slots import compile_parts

LETTER = RenderedLetter(
    subject="Sleeping well",
    preheader="Why the clock matters",
    html='<body><p>[[greeting]]</p><a href="[[unsubscribe_url]]">Stop</a></body></html>',
    text="[[greeting]]\nStop: [[unsubscribe_url]]\n",
)
VALUES = {"greeting": "Hello Ada,", "unsubscribe_url": "https://rounds.example/u/1"}


def test_the_picture_stands_last_and_all_else_of_the_letter_is_as_it_was():
    plain, measured = compile_parts(LETTER), with_pixel(compile_parts(LETTER))
    html, text = measured.fill(VALUES | {OPEN_URL: "https://rounds.example/o/1"})
    picture = (
        '<img src="https://rounds.example/o/1" alt="" width="1" height="1" style="display:block;border:0">'
    )
    assert html.replace(picture, "") == plain.fill(VALUES)[0]
    assert html.endswith(f"{picture}</body></html>")
    assert text == plain.fill(VALUES)[1]


@pytest.mark.holds("C-30")
def test_no_template_and_no_article_can_put_the_picture_into_a_letter():
    with pytest.raises(BadInput, match=r"unknown slot \[\[open_url\]\]"):
        compile_parts(replace(LETTER, html=f'<img src="[[{OPEN_URL}]]">'))


def test_a_letter_without_an_end_says_so():
    with pytest.raises(BadInput, match="no </body>"):
        with_pixel(compile_parts(replace(LETTER, html="<p>[[greeting]]</p>")))


def test_the_picture_is_a_transparent_gif_of_one_pixel():
    assert GIF[:6] == b"GIF89a"
    assert GIF[6:10] == b"\x01\x00\x01\x00"
    assert b"\x21\xf9\x04\x01" in GIF  # its first colour is seen through
