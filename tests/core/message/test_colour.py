"""What becomes of a colour in a client that turns letters dark by itself."""

from __future__ import annotations

import pytest

from pipeline.core.message.colour import AS_IT_IS, FORCED, Rgb, parse

WAYS = {way.name: way for way in (AS_IT_IS, *FORCED)}
INK, PAPER, TEAL = parse("#1F2A2C"), parse("#FBF8F3"), parse("#0F5C5C")


@pytest.mark.holds("H-09")
@pytest.mark.parametrize(
    ("way", "words", "ground", "shown_words", "shown_ground"),
    [
        ("as it is", INK, PAPER, INK, PAPER),
        ("dark forced by lightness", INK, PAPER, parse("#D3DEE0"), parse("#0C0904")),
        ("dark forced by lightness", PAPER, TEAL, parse("#0C0904"), parse("#A3F0F0")),
        ("dark forced by inversion", INK, PAPER, parse("#E0D5D3"), parse("#04070C")),
        ("dark forced in part", INK, PAPER, parse("#D3DEE0"), parse("#0C0904")),
        ("dark forced in part", PAPER, TEAL, PAPER, TEAL),  # a dark band with light words is left alone
        (
            "dark forced in part",
            INK,
            parse("#FFFF00"),
            parse("#D3DEE0"),
            parse("#FFFF00"),
        ),  # neither light nor dark
    ],
)
def test_each_way_of_forcing_dark_changes_what_it_changes(
    way: str, words: Rgb, ground: Rgb, shown_words: Rgb, shown_ground: Rgb
) -> None:
    found = WAYS[way]
    for shown, wanted in ((found.words(words), shown_words), (found.ground(ground), shown_ground)):
        assert max(abs(a - b) for a, b in zip(shown, wanted, strict=True)) <= 1


def test_black_on_yellow_is_lost_where_only_light_grounds_are_turned() -> None:
    black, yellow = (0, 0, 0), (255, 255, 0)
    assert AS_IT_IS.contrast(black, yellow) > 19
    assert WAYS["dark forced in part"].contrast(black, yellow) < 1.1
    assert WAYS["dark forced by inversion"].contrast(black, yellow) > 8
