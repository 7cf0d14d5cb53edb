"""From a template to HTML: what is kept, and what is refused with a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.core.content.article import Run, SectionKind, Table
from pipeline.core.content.article import Section as ArticleSection
from pipeline.core.errors import BadInput
from pipeline.core.message.checks import check_letter
from pipeline.core.message.context import issue_context
from pipeline.core.message.page import Page
from pipeline.core.message.slots import compile_parts, slot_names
from pipeline.gateways import mjml
from pipeline.gateways.templates import LETTERS, render_letter
from tests.golden.sample import BRAND, VALUES, paragraph, sample_issue, words

SHELL = (
    '<mjml lang="en-GB"><mj-head><mj-title>T</mj-title></mj-head>\n<mj-body><mj-section><mj-column>\n'
    "{}</mj-column></mj-section></mj-body></mjml>"
)


def render(**changes: object) -> tuple[str, str]:
    letter = render_letter(
        "issue", issue_context(replace(sample_issue(), **changes), BRAND, "Weekly health email")
    )  # type: ignore[arg-type]
    return compile_parts(letter).fill(VALUES)


def section(*words: str | Run) -> ArticleSection:
    return ArticleSection("s", "A heading", 2, SectionKind.OTHER, (paragraph(*words),))


def test_slots_survive_in_words_and_in_links() -> None:
    html = mjml.to_html(
        SHELL.format('<mj-text><p>[[greeting]] <a href="[[help_url]]">Help</a></p></mj-text>')
    )
    assert "<p>[[greeting]]" in html.replace('<p style="display: block;margin: 13px 0;">', "<p>")
    assert 'href="[[help_url]]"' in html


def test_every_slot_of_a_letter_is_in_both_parts() -> None:
    letter = render_letter("issue", issue_context(sample_issue(), BRAND, "Weekly health email"))
    assert set(slot_names(letter.html)) == set(slot_names(letter.text))
    assert {"unsubscribe_url", "preferences_url", "signed_up_on", "address"} <= set(slot_names(letter.html))


@pytest.mark.parametrize(
    "words", ["{{7*7}}", "{{''.__class__}}", "{% raw %}", "[[7*7]]", "<b>&amp; \"q\" 'x' <mj-raw>"]
)
def test_words_that_look_like_code_arrive_as_they_were_written(words: str) -> None:
    html, text = render(title=words, sections=(section(words),))
    assert words in text
    assert "49" not in text
    assert Page(html).visible_text.count(words) == 2


def test_an_unknown_name_in_a_template_names_the_template_and_the_line() -> None:
    context = issue_context(sample_issue(), BRAND, "Weekly health email")
    del context["series_title"]
    with pytest.raises(BadInput, match=r"issue/body\.mjml:\d+: .*series_title"):
        render_letter("issue", context)


def test_a_letter_that_does_not_exist_is_named() -> None:
    with pytest.raises(BadInput, match="farewell"):
        render_letter("farewell", {})


@pytest.mark.parametrize(
    ("inside", "complaint"),
    [
        ("<mj-txt>lost</mj-txt>", "<mj-txt> is no tag"),
        ('<mj-text colour="#0F5C5C">x</mj-text>', "no attribute 'colour'"),
        ('<mj-text color="#abc">x</mj-text>', "six digits"),
        ('<mj-text padding="wide">x</mj-text>', "lengths"),
        ('<mj-image src="https://x.example/a.png" width="20px" />', "needs alt"),
        ('<mj-include path="other.mjml" />', "<mj-include> is no tag"),
        ("<mj-raw><p>x</p></mj-raw>", "may not stand in <mj-column>"),
        ("words alone", "are lost"),
        ("<mj-text><p>x</mj-text>", "</mj-text> stands where </p> belongs"),
        ("<mj-text><script>x</script></mj-text>", "<script> is no tag"),
        ('<mj-text><p onclick="x">x</p></mj-text>', "no attribute 'onclick'"),
        (f"<mj-text>{'<span>' * 120}x{'</span>' * 120}</mj-text>", "more than 100 deep"),
    ],
)
def test_what_mrml_would_pass_over_in_silence_is_refused_with_its_line(inside: str, complaint: str) -> None:
    with pytest.raises(BadInput) as caught:
        mjml.to_html(SHELL.format(inside), place="try/body.mjml")
    assert complaint in str(caught.value)
    assert caught.value.line == 3


def test_nesting_that_would_end_the_process_is_refused() -> None:
    with pytest.raises(BadInput, match="deep"):
        mjml.to_html(SHELL.format(f"<mj-text>{'<span>' * 12_000}x{'</span>' * 12_000}</mj-text>"))


def test_markup_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(BadInput, match=r"try/body\.mjml:\d+: MJML cannot read this"):
        mjml.to_html(SHELL.format("<mj-text>a < b</mj-text>"), place="try/body.mjml")


def test_no_letter_is_fetched_from_anywhere() -> None:
    html, _ = render()
    assert "fonts.googleapis" not in html
    assert "<link" not in html
    assert "<img" not in html


def test_the_character_set_stands_first() -> None:
    html, _ = render()
    assert html.index('<meta charset="utf-8">') < 1024


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert render() == render()


def test_a_preview_says_on_top_that_it_is_one() -> None:
    context = issue_context(
        sample_issue(), BRAND, "Weekly health email", banner="Test copy. Nobody else gets this."
    )
    letter = render_letter("issue", context)
    assert "Test copy." in letter.html
    assert letter.text.startswith("*** Test copy.")


def test_every_letter_has_its_three_templates() -> None:
    for name in ("issue", "confirm"):
        assert {path.name for path in Path(LETTERS, name).iterdir()} >= {
            "subject.txt",
            "body.mjml",
            "body.txt",
        }


def test_a_wide_table_repeats_its_headings_in_rows_that_fit_a_phone() -> None:
    columns = tuple(words(name) for name in ("Light", "Lux", "Hour", "Effect"))
    row = tuple(words(cell) for cell in ("Candle", "1", "9pm", "Almost nothing"))
    part = ArticleSection("s", "A heading", 2, SectionKind.OTHER, (Table(columns, (row,)),))
    content = replace(sample_issue(), sections=(part,), references=())
    letter = render_letter("issue", issue_context(content, BRAND, "Weekly health email"))
    assert check_letter(letter) == ()
    table = Page(letter.html).found("//table[@class='data']")[0]
    assert [[cell.text_content() for cell in row] for row in table.xpath("tbody/tr")] == [
        ["Candle"],
        ["Lux", "1"],
        ["Hour", "9pm"],
        ["Effect", "Almost nothing"],
    ]
    assert {cell.get("scope") for cell in table.iter("th")} == {"rowgroup", "row"}


def test_a_letter_from_this_machine_itself_has_no_findings() -> None:
    """The demonstration runs on plain http, and only there."""
    brand = replace(BRAND, base_url="http://127.0.0.1:8000", feedback_url="http://127.0.0.1:8000/feedback")
    assert (
        check_letter(render_letter("issue", issue_context(sample_issue(), brand, "Weekly health email")))
        == ()
    )
