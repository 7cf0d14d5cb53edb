from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeline.core.content.article import (
    Callout,
    Cite,
    Figure,
    Inline,
    Listing,
    ListItem,
    Paragraph,
    Run,
    Section,
    SectionKind,
    Table,
    Urgency,
)
from pipeline.core.errors import BadInput
from pipeline.core.message.context import ListNotice, confirm_context, issue_context, levelled
from pipeline.core.series.issue import IssueContent, NumberedReference
from tests.golden.sample import BRAND, paragraph, sample_issue, words


def issue(*parts: str | Inline, **changes: Any) -> IssueContent:
    section = Section("s", "A heading", 2, SectionKind.OTHER, (Paragraph(words(*parts), line=12),), line=10)
    return replace(sample_issue(), sections=(section,), **changes)


def html_of(content: IssueContent) -> str:
    return str(issue_context(content, BRAND, "Weekly health email")["sections"][0]["blocks"][0]["html"])


def test_a_citation_is_a_link_in_brackets_after_the_stop() -> None:
    content = issue("Most are harmless ", Cite(("light-trial",)), ".")
    url = "https://rounds.example/read/c0d5b35c/2#ref-light-trial"
    assert (
        html_of(content) == f'Most are harmless.<sup><a href="{url}" aria-label="Reference 2">[2]</a></sup>'
    )


def test_markup_in_the_words_stays_words() -> None:
    html = html_of(
        issue("<script>x</script> & ", Run("<i>", strong=True), Run('"q"', href="https://a.example/?b=1&c=2"))
    )
    assert html == (
        "&lt;script&gt;x&lt;/script&gt; &amp; <strong>&lt;i&gt;</strong>"
        '<a href="https://a.example/?b=1&amp;c=2">&#34;q&#34;</a>'
    )


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "http://plain.example", "https://a b", "//x"]
)
def test_a_link_that_is_neither_https_nor_mailto_is_refused(href: str) -> None:
    with pytest.raises(BadInput, match="https: nor mailto:"):
        html_of(issue(Run("words", href=href)))


def test_words_that_are_a_slot_are_refused_with_their_line() -> None:
    with pytest.raises(BadInput, match=r":12: .*\[\[unsubscribe_url\]\]"):
        html_of(issue("Press [[unsubscribe_url]] now"))


@pytest.mark.parametrize(
    "content",
    [
        issue("Press [[un", Run("subscribe_url]]", strong=True)),
        issue("Press ", Run("x", href="https://a.example/[[address]]")),
        issue("fine", title="[[x]]"),
        issue("fine", preheader="[[greeting]]"),
        issue("fine", disclaimer="[[x]]"),
        issue("fine", references=(NumberedReference(1, "a", "[[x]]", None),)),
        issue("fine", help=(Callout(Urgency.URGENT, "[[x]]", ()),)),
    ],
)
def test_a_slot_cannot_be_smuggled_in_anywhere(content: IssueContent) -> None:
    with pytest.raises(BadInput, match="which is a slot"):
        issue_context(content, BRAND, "Weekly health email")


def test_a_slot_deep_in_a_list_is_found() -> None:
    inner = Listing((ListItem(words("a"), (paragraph("[[address]]"),), line=31),), line=30)
    section = Section("s", "A heading", 2, SectionKind.OTHER, (inner,))
    with pytest.raises(BadInput, match=r":31: "):
        issue_context(replace(sample_issue(), sections=(section,)), BRAND, "Weekly health email")


def test_a_citation_of_a_reference_that_is_not_listed_is_refused() -> None:
    with pytest.raises(BadInput, match="'nobody' is cited and not listed"):
        html_of(issue("Words", Cite(("nobody",))))


def test_headings_never_skip_a_level() -> None:
    sections = [replace(sample_issue().sections[0], level=level) for level in (3, 4, 2, 3, 3, 1)]
    assert [level for _, level in levelled(sections, "Title")] == [2, 3, 2, 3, 3, 2]


def test_a_section_headed_like_its_issue_does_not_say_it_twice() -> None:
    sections = [replace(sample_issue().sections[0], level=level) for level in (2, 3, 3)]
    assert [level for _, level in levelled(sections, sections[0].heading)] == [1, 2, 3]


def test_an_issue_without_a_reviewer_says_that_it_awaits_one() -> None:
    context = issue_context(sample_issue(), BRAND, "Weekly health email")
    assert context["review"] == (
        "Awaiting clinical review. Page last reviewed: 2 November 2026. Next review due: 2 November 2028."
    )


def test_a_long_series_shows_no_row_of_steps() -> None:
    context = issue_context(replace(sample_issue(), total=30), BRAND, "Weekly health email")
    assert context["steps"] == []


def test_the_confirmation_names_every_list() -> None:
    lists = [ListNotice(title, "weekly", "Notice.", "1") for title in ("Weekly email", "Daily letter")]
    assert confirm_context(BRAND, lists, "Example Health Ltd")["subject"] == (
        "Please confirm your sign-up to Weekly email and Daily letter"
    )


def block_of(block: object, **changes: Any) -> dict[str, Any]:
    section = Section("s", "A heading", 2, SectionKind.OTHER, (block,))  # type: ignore[arg-type]
    content = replace(sample_issue(), sections=(section,), **changes)
    return dict(issue_context(content, BRAND, "Weekly health email")["sections"][0]["blocks"][0])


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("Rain", "A hood", "The umbrella"), "table"),
        (("Rain", "A hood", "The umbrella", "Slowly"), "records"),
        (("Rain", "A hood", "Hydrochlorothiazide"), "records"),  # a word wider than a third of a phone
        (("Hydrochlorothiazide", "Long"), "records"),
        (
            (
                "Rain",
                "A hood",
                "The umbrella in a wind, and whatever else you would not like to lose on a bridge",
            ),
            "records",
        ),
        (
            ("日光はとても明るい", "10,000ルクス", "時計を合わせるはたらきがあります"),
            "table",
        ),  # breaks anywhere
    ],
)
def test_a_table_is_a_grid_where_it_fits_a_phone(cells: tuple[str, ...], kind: str) -> None:
    header = tuple(words("abc"[n % 3]) for n in range(len(cells)))
    assert block_of(Table(header, (tuple(words(cell) for cell in cells),)))["kind"] == kind


def test_a_picture_is_on_our_own_site_and_no_wider_than_the_words() -> None:
    shown = block_of(Figure("a.png", "An & alt", "", width=1064, height=400, sha256="ab" * 32))
    assert shown["url"] == f"https://rounds.example/images/{'ab' * 32}.png"
    assert (shown["width"], shown["height"]) == (532, 200)
    small = block_of(Figure("a.JPEG", "", "", width=200, height=90, sha256="ab" * 32))
    assert (small["width"], small["height"]) == (200, 90)
    assert small["url"].endswith(".jpg")


def test_a_picture_that_nobody_looked_at_is_refused_with_its_line() -> None:
    with pytest.raises(BadInput, match=r"a\.png:7: .*Import the article again"):
        block_of(Figure("a.png", "x", line=7))


def test_words_of_another_script_keep_their_direction_in_a_letter_from_right_to_left() -> None:
    context = issue_context(replace(sample_issue(), language="ar"), BRAND, "Weekly health email")
    assert (context["direction"], context["start"], context["end"]) == ("rtl", "right", "left")
    assert context["as_written"]("Example; 2024.") == '<span dir="auto">Example; 2024.</span>'
    assert '<span dir="auto">[[signed_up_on]]</span>' in context["say"]("signed_up", list="x")
    assert issue_context(sample_issue(), BRAND, "Weekly health email")["as_written"]("<b>") == "&lt;b&gt;"
