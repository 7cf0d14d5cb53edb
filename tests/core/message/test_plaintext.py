from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.content.article import Callout, Cite, Figure, Listing, ListItem, Run, Table, Urgency
from pipeline.core.message import plaintext
from pipeline.core.message.marks import Numbering
from pipeline.core.series.issue import NumberedReference
from tests.golden.sample import bullets, paragraph, sample_issue, words

LONG = (
    "Small spots of chalk are common after the age of fifty and most of them need nothing done at all. " * 3
)


NUMBERS = Numbering(
    replace(
        sample_issue(),
        references=(
            NumberedReference(1, "macmillan", "Macmillan.", None),
            NumberedReference(2, "bell", "Bell.", None),
        ),
    )
)


def written(*blocks: object) -> str:
    return plaintext.blocks(blocks, NUMBERS)  # type: ignore[arg-type]


def test_a_citation_stands_after_the_stop_and_a_space() -> None:
    assert written(
        paragraph("Most are harmless", Cite(("bell",)), ". Some are not.", Cite(("bell", "macmillan")))
    ) == ("Most are harmless. [2] Some are not. [1] [2]")


def test_a_space_that_the_source_has_before_a_mark_is_not_doubled() -> None:
    assert written(paragraph("Most are harmless ", Cite(("bell",)), ". Some are not.")) == (
        "Most are harmless. [2] Some are not."
    )


def test_a_citation_is_never_torn_from_its_word_by_a_new_line() -> None:
    for length in range(60, 80):
        for line in written(paragraph("w" * 10 + " " + "x" * length + " end", Cite(("bell",)))).split("\n"):
            assert not line.startswith("[2]")


def test_a_link_shows_its_words_and_its_whole_address() -> None:
    run = Run("the leaflet", href="https://nhs.example/leaflet")
    assert written(paragraph("Read ", run, ".")) == "Read the leaflet (https://nhs.example/leaflet)."
    assert (
        written(paragraph("Write to ", Run("us", href="mailto:us@post.example")))
        == "Write to us (us@post.example)"
    )


def test_lines_hold_at_most_76_characters_at_any_depth() -> None:
    deep = Listing(
        (ListItem(words(LONG), (Listing((ListItem(words(LONG), (paragraph(LONG),)),), ordered=True),)),)
    )
    text = written(paragraph(LONG), deep, Callout(Urgency.SOON, LONG, (deep, paragraph(LONG))))
    assert max(len(line) for line in text.split("\n")) <= 76
    assert text.replace("| ", "").split().count("fifty") == text.count("fifty") == 3 * 9


def test_an_address_is_never_cut() -> None:
    url = "https://journal.example/" + "a" * 120
    assert url in written(paragraph("Read ", Run("it", href=url)))


def test_nested_lists_are_indented_and_numbered() -> None:
    inner = Listing((ListItem(words("lower the lamps")), ListItem(words("draw the curtains"))), ordered=True)
    listing = Listing((ListItem(words("In the evening:"), (inner,)), ListItem(words("At night"))))
    assert written(listing) == "- In the evening:\n  1. lower the lamps\n  2. draw the curtains\n- At night"


def test_a_callout_says_how_urgent_it_is() -> None:
    callout = Callout(Urgency.URGENT, "Call 999 if", (bullets("you cannot breathe"),))
    assert written(callout) == "| Get help now: Call 999 if\n|\n| - you cannot breathe"


def test_a_table_becomes_entries_that_name_their_columns() -> None:
    table = Table(
        (words("Light"), words("What it does")), ((words("Candle"), words("Nothing", Cite(("bell",)))),)
    )
    assert written(table) == "- Light: Candle\n  What it does: Nothing [2]"


def test_a_reference_keeps_its_number_and_its_address() -> None:
    entry = NumberedReference(3, "x", "Bell BM. Title.", "https://books.example/1")
    assert plaintext.reference(entry) == "[3] Bell BM. Title.\n    https://books.example/1"


def test_a_heading_is_underlined_by_its_level() -> None:
    assert plaintext.heading("Causes", 2) == "Causes\n------"


JAPANESE = (
    "体は自分で時間を数えますが、毎日すこしずつ遅れていきます。朝の光は、この遅れを「もとに戻します」。" * 4
)


@pytest.mark.holds("H-11")
def test_a_script_without_spaces_is_folded_by_the_columns_that_it_takes() -> None:
    lines = written(paragraph(JAPANESE)).split("\n")
    assert max(plaintext.display_width(line) for line in lines) <= 76
    assert min(plaintext.display_width(line) for line in lines[:-1]) >= 70
    assert "".join(lines) == JAPANESE


def test_no_line_begins_with_a_stop_or_ends_with_an_opening_bracket() -> None:
    for length in range(1, 39):
        lines = written(paragraph("光" * length + JAPANESE)).split("\n")
        assert not [line for line in lines if line[0] in "、。」" or line[-1] == "「"], length


def test_words_of_two_scripts_fold_together_and_no_mark_is_torn_off() -> None:
    for length in range(20, 40):
        text = written(paragraph("光" * length + " and light", Cite(("bell",)), "。光"))
        assert max(plaintext.display_width(line) for line in text.split("\n")) <= 76
        assert not [line for line in text.split("\n") if line.startswith("[")]
        close = written(paragraph("光" * length, Cite(("bell",)), "闇と光"))
        assert not [line for line in close.split("\n") if line.lstrip().startswith("[")], length


def test_marks_that_take_no_room_are_not_counted() -> None:
    assert plaintext.display_width("é") == plaintext.display_width("e\u0301") == 1
    assert plaintext.display_width("光と光") == 6
    assert plaintext.heading("光と", 2) == "光と\n----"


def test_a_picture_says_what_it_shows() -> None:
    assert written(Figure("a.png", "Seven bars", "A week.")) == "[Picture: Seven bars] A week."
    assert written(Figure("a.png", "", "A week.")) == "A week."
    assert written(paragraph("One."), Figure("a.png", ""), paragraph("Two.")) == "One.\n\nTwo."
