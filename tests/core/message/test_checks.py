"""Each rule passes the letters we send, and catches the fault that it is there for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from pipeline.core.content.article import Severity
from pipeline.core.message import colour, parity
from pipeline.core.message.brand import COLOURS
from pipeline.core.message.checks import LetterKind, blocks, check_letter
from pipeline.core.message.context import confirm_context, issue_context, note_context
from pipeline.core.message.note import NoteKind, note_of
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.message.slots import SLOTS
from pipeline.gateways.templates import render_letter
from tests.golden.sample import BRAND, NOTICES, RECONFIRM, sample_issue


@cache
def sound(kind: LetterKind = LetterKind.ISSUE) -> RenderedLetter:
    if kind is LetterKind.CONFIRM:
        return render_letter("confirm", confirm_context(BRAND, NOTICES, "Example Health Ltd"))
    if kind is LetterKind.NOTE:
        return render_letter("note", note_context(note_of(NoteKind.RECONFIRM, RECONFIRM), BRAND))
    return render_letter("issue", issue_context(sample_issue(), BRAND, "Weekly health email"))


def with_html(old: str, new: str, kind: LetterKind = LetterKind.ISSUE) -> RenderedLetter:
    letter = sound(kind)
    assert old in letter.html
    return replace(letter, html=letter.html.replace(old, new))


def with_text(old: str, new: str) -> RenderedLetter:
    letter = sound()
    assert old in letter.text
    return replace(letter, text=letter.text.replace(old, new))


def with_piece(piece: str) -> RenderedLetter:
    """A sound letter with one more piece of HTML after its greeting."""
    return with_html("[[greeting]]</p>", f"[[greeting]]</p>{piece}")


def rules(letter: RenderedLetter, kind: LetterKind = LetterKind.ISSUE) -> set[str]:
    return {finding.rule for finding in check_letter(letter, kind) if finding.severity is Severity.B}


@pytest.mark.parametrize("kind", LetterKind)
def test_the_letters_we_send_have_no_findings(kind: LetterKind) -> None:
    assert check_letter(sound(kind), kind) == ()


@pytest.mark.parametrize(
    ("rule", "piece"),
    [
        ("H-03", "<table><tbody><tr><td>layout</td></tr></tbody></table>"),
        ("H-03", '<table role="presentation" summary="x"><tbody><tr><td>x</td></tr></tbody></table>'),
        ("H-03", "<table><tbody><tr><th>no scope</th></tr></tbody></table>"),
        ("H-04", "<h1>another</h1>"),
        ("H-04", "<h4>skipped</h4>"),
        ("H-04", "<h2></h2>"),
        ("H-05", '<img src="https://rounds.example/a.png" width="9" height="9">'),
        ("H-05", '<img src="https://rounds.example/a.png" alt="">'),
        ("C-30", '<img src="https://rounds.example/a.png" alt="" width="1" height="1">'),
        ("C-30", '<img src="https://rounds.example/[[address]].png" alt="" width="9" height="9">'),
        ("C-35", '<img src="https://tracker.example/a.png" alt="" width="9" height="9">'),
        ("H-06", '<p style="color: #999999">pale</p>'),
        ("H-06", '<p style="color: #000088; background-color: #0F5C5C">dark on dark</p>'),
        ("H-06", '<p style="color:#1D4ED8;background-color:#E8EEFB">fails only by lightness</p>'),
        ("H-06", '<p style="color:#F2224F;background-color:#141104">fails only by inversion</p>'),
        (
            "H-06",
            '<p class="about" style="color:#1F2A2C;background-color:#FBF8F3">fails only in our dark</p>',
        ),
        ("H-07", '<p style="font-size: 13px">small</p>'),
        ("H-07", '<p class="fine" style="font-size: 12px">small print</p>'),
        ("H-07", '<p style="text-align: justify">justified</p>'),
        (
            "H-07",
            '<p><a href="https://a.example" style="text-decoration: none; color: #0F5C5C">words</a></p>',
        ),
        ("H-07", '<p><a href="https://a.example" style="text-decoration: underline">Click here</a></p>'),
        (
            "H-07",
            '<p><a href="https://a.example" style="text-decoration: underline">https://a.example</a></p>',
        ),
        ("H-08", "<form><p>x</p></form>"),
        ("H-08", "<script>x</script>"),
        ("H-08", '<p style="position: absolute">x</p>'),
        ("H-08", '<p style="color:#1F2A2C;display:flex">x</p>'),
        ("H-08", '<p style="background: url(https://a.example/b.png)">x</p>'),
        ("H-08", '<p onclick="x()">x</p>'),
        ("H-10", '<p><a href="#ref-x" style="text-decoration: underline">words</a></p>'),
        ("H-10", '<p><a href="http://a.example" style="text-decoration: underline">words</a></p>'),
        ("E-23", "<p>word<sup>3</sup></p>"),
        ("E-22", "<p>word<sup>[9]</sup></p>"),
        ("E-22", '<ul><li id="ref-z">[9] listed</li></ul>'),
        ("H-11", "<h2>only in HTML</h2>"),
        ("H-11", '<p class="callout-title">Only in HTML</p>'),
        ("H-11", '<p><a href="https://only.example" style="text-decoration: underline">words</a></p>'),
        ("H-11", '<p><a href="[[help_url]]" style="text-decoration: underline">words</a></p>'),
        ("H-08", '<p style="box-shadow: 0 0 2px #0F5C5C">x</p>'),
        ("H-11", "<p>Only in HTML</p>"),
        ("H-11", '<img src="https://rounds.example/a.png" alt="Only in HTML" width="20" height="20">'),
        ("H-06", '<img src="https://rounds.example/a.png" alt="the clock" style="color: #DDDDDD">'),
        ("H-12", '<p id="one">x</p><p id="one">x</p>'),
        ("H-12", "<ul><p>x</p></ul>"),
        ("P-06", '<p style="display:none">buy now</p>'),
    ],
)
@pytest.mark.holds("C-30", "C-35", "H-03", "H-04", "H-05", "H-06", "H-07", "H-08", "H-10", "H-12", "P-06")
def test_a_fault_in_the_html_part_blocks(rule: str, piece: str) -> None:
    assert rule in rules(with_piece(piece))


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("H-02", "<!DOCTYPE html>", ""),
        ("H-02", '<html lang="en-GB"', "<html"),
        ("H-02", '<html lang="en-GB" dir="ltr"', '<html lang="en-GB" dir="rtl"'),
        ("H-02", '<html lang="en-GB"', '<html lang="ar"'),
        ("H-02", 'role="article" lang="en-GB"', 'role="article"'),
        ("H-02", "<title>Why", "<title>When"),
        ("H-02", '<meta charset="utf-8">', ""),
        ("H-02", 'content="light dark"', 'content="light"'),
        ("U-17", "[[unsubscribe_url]]", "https://rounds.example/stop"),
        ("C-45", "[[signed_up_on]]", "a day in spring"),
        ("E-05", 'about disclaimer"', 'about"'),
    ],
)
@pytest.mark.holds("U-17", "C-45", "H-02")
def test_what_the_html_part_lacks_blocks(rule: str, old: str, new: str) -> None:
    assert rule in rules(with_html(old, new))


@pytest.mark.parametrize(
    ("rule", "old", "new"),
    [
        ("H-11", "Why the clock matters", "Why the sundial matters"),
        ("H-11", "may nap in the afternoon", "x"),
        ("H-11", " [1]", ""),
        ("H-11", "https://journal.example/2023/a-trial-of-morning-light", "see the web"),
        ("H-11", "cannot take the place of", "is"),
        ("H-11", "| Make an appointment: See a GP if", "|"),
        ("H-11", "Hello", "x " * 40),
        ("H-11", "Hello", "光" * 40),
        ("H-11", "Candle", "Lantern"),
        ("H-11", "Hello", "Words that the HTML part has not got.\n"),
        ("H-11", "- lower the lamps", "- lower the lamps by half"),
        ("U-17", "[[unsubscribe_url]]", "by letter"),
        ("C-45", "[[signed_up_on]]", "a day in spring"),
    ],
)
@pytest.mark.holds("U-17", "H-11", "M-07")
def test_what_the_text_part_lacks_blocks(rule: str, old: str, new: str) -> None:
    old = {"may nap in the afternoon": "May I nap in the afternoon", "Hello": "[[greeting]]\n"}.get(old, old)
    assert rule in rules(with_text(old, new))


@pytest.mark.holds("H-01")
def test_a_letter_that_gmail_would_clip_blocks_and_a_long_one_warns() -> None:
    by_severity = {}
    for letters in (85_000, 101_000):
        padding = letters - len(sound().html.encode())
        findings = [
            f for f in check_letter(with_piece(f"<p>{'w ' * (padding // 2)}</p>")) if f.rule == "H-01"
        ]
        by_severity[letters] = [finding.severity for finding in findings]
    assert by_severity == {85_000: [Severity.C], 101_000: [Severity.B]}


def test_the_size_is_that_of_the_longest_values() -> None:
    padding = 79_900 - len(sound().html.encode())
    letter = with_piece(f"<p>{'w ' * (padding // 2)}</p>")
    short = dict.fromkeys(SLOTS, "x") | {name: "https://x" for name in SLOTS if name.endswith("_url")}
    assert "H-01" in {finding.rule for finding in check_letter(letter)}
    assert "H-01" not in {finding.rule for finding in check_letter(letter, slots=short)}


@pytest.mark.holds("D-02")
def test_an_image_of_our_own_is_welcome_in_an_issue_and_in_no_confirmation() -> None:
    image = '<img src="https://rounds.example/a.png" alt="" width="9" height="9">'
    hosts = frozenset({"rounds.example"})
    assert check_letter(with_piece(image), LetterKind.ISSUE, SLOTS, hosts) == ()
    confirm = with_html("</h1>", f"</h1>{image}", LetterKind.CONFIRM)
    assert {finding.rule for finding in check_letter(confirm, LetterKind.CONFIRM, SLOTS, hosts)} == {"D-02"}


@pytest.mark.holds("D-02")
def test_a_confirmation_links_to_nothing_but_confirm_and_not_me() -> None:
    link = '<a href="https://rounds.example/more" style="text-decoration: underline">Our other letters</a>'
    assert "D-02" in rules(with_html("</h1>", f"</h1>{link}", LetterKind.CONFIRM), LetterKind.CONFIRM)


def test_a_long_address_in_the_text_part_does_not_block() -> None:
    address = f"[[greeting]] (https://long.example/{'a' * 90})."
    assert "H-11" not in rules(with_text("[[greeting]]", address))


def test_warnings_alone_do_not_block() -> None:
    findings = check_letter(with_piece('<p style="color:#000000;background-color:#ffffff">the clock</p>'))
    assert {(finding.rule, finding.severity) for finding in findings} == {("H-09", Severity.C)}
    assert not blocks(findings)
    assert blocks(check_letter(with_piece("<script>x</script>")))


@pytest.mark.parametrize("mode", COLOURS)
def test_every_colour_is_legible_on_every_ground_it_is_used_on(mode: str) -> None:
    tokens = {name: colour.parse(value) for name, value in COLOURS[mode].items()}
    pairs = [(word, ground) for word in ("ink", "muted", "teal") for ground in ("paper", "sand", "teal_tint")]
    pairs += [(word, f"{word}_tint") for word in ("urgent", "soon", "note")]
    pairs += [(word, "paper") for word in ("urgent", "soon", "note")]
    for word, ground in pairs:
        one, other = tokens[word], tokens[ground]
        assert one is not None
        assert other is not None
        assert colour.contrast(one, other) >= 4.5, (word, ground)


def test_contrast_agrees_with_the_standard() -> None:
    assert colour.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert colour.contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


def test_a_number_that_begins_a_folded_line_is_a_word_of_its_sentence() -> None:
    assert parity.bare("It is 1 in 10. Most do well.") in parity.bare_text("It is 1 in\n10. Most do well.\n")
    assert parity.bare("Wash your face.") in parity.bare_text("1. Wash your face.\n")
