"""The web's copy holds nothing that was for one subscriber."""

from __future__ import annotations

from pipeline.core.message.web_copy import series_code, web_copy

LETTER = """<!doctype html><html lang="en-GB"><head><title>Types</title></head><body>
<div><a href="[[unsubscribe_url]]">Unsubscribe</a></div>
<p>[[greeting]]</p><p>There are 2 types.</p>
<p>You signed up on [[signed_up_on]].</p>
<p>With the address [[address]]. <a href="[[help_url]]">Is it yours?</a></p>
<p>Write to us. <a href="[[preferences_url]]">Change what you receive</a></p>
</body></html>"""


def test_blocks_with_a_slot_are_left_out_and_the_rest_stays():
    copy = web_copy(LETTER)
    assert "There are 2 types." in copy
    assert "Write to us." in copy
    for gone in (
        "[[",
        "greeting",
        "signed up",
        "Unsubscribe",
        "Change what",
        "With the address",
        "Is it yours",
    ):
        assert gone not in copy


def test_the_letter_is_the_main_part_of_its_page():
    letter = '<html><body><div role="article" aria-roledescription="email" lang="en"><p>Hello</p></div></body></html>'
    assert '<body><div role="main" lang="en"><p>Hello</p></div></body>' in web_copy(letter)


def test_the_code_of_a_series_names_no_condition():
    assert series_code("breast-calcifications") == series_code("breast-calcifications")
    assert len(series_code("breast-calcifications")) == 8
    assert "breast" not in series_code("breast-calcifications")
