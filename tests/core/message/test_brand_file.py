"""The brand file: what it may say, where it is wrong, and whether its colours can be read."""

from __future__ import annotations

import re

import pytest

from pipeline.core.errors import BadInput
from pipeline.core.message import colour
from pipeline.core.message.brand import COLOURS, FONTS, Brand, poor_pairs
from pipeline.core.message.brand_file import COLOUR_NAMES, BrandFile, LogoFile, poor_contrast, read

WHOLE = """
name = "Calm Mail"
tagline = "Short and kind"
organisation = "Calm Ltd"
address = "2 Example Street, Exampletown"
email = "hello@calm.example"
company_number = "00000001"

[colours.light]
brand = "#5b2a86"
[logo]
file = "logo.png"
alt = "Calm Mail"
width = 160
[fonts]
heading = "Verdana, sans-serif"
[labels.ar]
references = "المراجع"
[labels.pt-BR]
help = "Onde pedir ajuda"
"""


def test_what_the_file_says_is_taken_and_the_rest_stays_ours() -> None:
    brand = read("brand.toml", WHOLE.encode())
    assert (brand.name, brand.organisation, brand.email) == ("Calm Mail", "Calm Ltd", "hello@calm.example")
    assert brand.colours["light"]["teal"] == "#5B2A86"
    assert brand.colours["light"]["ink"] == COLOURS["light"]["ink"]
    assert brand.colours["dark"] == COLOURS["dark"]
    assert brand.fonts == {"body": FONTS["body"], "heading": "Verdana, sans-serif"}
    assert brand.logo == LogoFile("logo.png", "Calm Mail", 160)
    assert brand.labels == {"ar": {"references": "المراجع"}, "pt-br": {"help": "Onde pedir ajuda"}}
    assert list(poor_contrast(brand)) == []
    assert read("brand.toml", b"") == BrandFile()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("name =", "nmae =", "brand.toml:2: 'nmae' is not a key of a brand file. Did you mean name?"),
        ('"Calm Mail"\ntag', '"Calm\\nMail"\ntag', "brand.toml:2: The key name needs a text on one line"),
        ('"Calm Mail"', '"Re: Calm Mail"', "brand.toml:2: The sender's name begins like the subject"),
        ('"hello@calm.example"', '"nobody"', "brand.toml:6: The email is no address"),
        ('"#5b2a86"', '"#5b2"', "brand.toml:10: The colour brand needs six digits"),
        ('"#5b2a86"', '"red"', "brand.toml:10: The colour brand needs six digits"),
        ("brand =", "teal =", "brand.toml:10: 'teal' is not a key of a brand file"),
        ("[colours.light]", "[colours.night]", "brand.toml:9: 'night' is not a key"),
        ('"logo.png"', '"../secret.png"', "brand.toml:12: The file of the logo is the name of a PNG"),
        ('alt = "Calm Mail"', 'alt = ""', "brand.toml:13: The logo needs words"),
        ("width = 160", "width = 900", "brand.toml:14: The width of the logo is from 16 to 532"),
        ("width = 160\n", "", "brand.toml:11: The logo needs width"),
        (
            '"Verdana, sans-serif"',
            '"Verdana; } body { x: url(//e.example)"',
            "brand.toml:16: The fonts of heading",
        ),
        ("Verdana, sans-serif", "'Verdana, sans-serif", "brand.toml:16: The fonts of heading"),
        ("Verdana, sans-serif", "Verdana", "brand.toml:16: The fonts of heading"),
        ("references =", "refs =", "brand.toml:18: 'refs' is not a key"),
        ('"المراجع"', '"{number}"', "brand.toml:18: The label references must hold the same braces"),
        ("[labels.pt-BR]", "[labels.Portuguese!]", "brand.toml:19: This is not valid TOML"),
        ("[fonts]", "[fonts", "brand.toml:15: This is not valid TOML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, complaint: str) -> None:
    assert old in WHOLE
    with pytest.raises(BadInput) as caught:
        read("brand.toml", WHOLE.replace(old, new, 1).encode())
    assert str(caught.value).startswith(complaint)


def test_bytes_that_are_no_text_are_told() -> None:
    with pytest.raises(BadInput, match=r"brand\.toml:2: This is not UTF-8"):
        read("brand.toml", b'name = "x"\n# \xff\n')


@pytest.mark.parametrize(
    ("mode", "role", "value"),
    [
        ("light", "brand", "#7AC6C0"),
        ("light", "muted", "#9A9A9A"),
        ("light", "urgent", "#FF8A80"),
        ("dark", "brand", "#2F4F4F"),
        ("dark", "ink", "#444444"),
    ],
)
def test_a_colour_that_cannot_be_read_is_named_with_its_ratio_and_one_that_can(
    mode: str, role: str, value: str
) -> None:
    file = read("brand.toml", f'[colours.{mode}]\n{role} = "{value}"\n'.encode())
    told = [fault for fault in poor_contrast(file) if f" {role} on " in f" {fault}" and "nearest" in fault]
    assert told
    ratio = re.search(r"contrast of (\d+\.\d\d):1", told[0])
    assert ratio is not None
    assert float(ratio[1]) < 4.5
    better = re.search(r"'(#[0-9A-F]{6})'", told[0])
    assert better is not None
    mended = read("brand.toml", f'[colours.{mode}]\n{role} = "{better[1]}"\n'.encode())
    assert list(poor_contrast(mended)) == []


def test_a_ground_on_which_nothing_can_be_read_is_told_without_a_colour() -> None:
    file = read("brand.toml", b'[colours.light]\npaper = "#777777"\nground = "#FFFFFF"\n')
    assert any("change a ground" in fault for fault in poor_contrast(file))


@pytest.mark.holds("H-06", "H-09")
def test_our_own_colours_can_be_read_in_every_way() -> None:
    """H-06, H-09: in light, in dark, and forced dark both ways."""
    assert list(poor_pairs(COLOURS)) == []


def test_a_pair_that_fails_only_when_a_client_inverts_it_is_found() -> None:
    pale = {**COLOURS["light"], "note": "#1D4ED8"}
    found = list(poor_pairs({**COLOURS, "light": pale}))
    assert {(poor.words, poor.way) for poor in found} == {("note", "dark forced by lightness")}


def test_the_nearest_colours_come_first_and_keep_their_hue() -> None:
    tried = list(colour.nearby((15, 92, 92)))
    assert max(abs(a - b) for a, b in zip(tried[0], (15, 92, 92), strict=True)) <= 2
    assert {(0, 0, 0), (255, 255, 255)} <= set(tried)


def test_scripts_that_our_fonts_lack_have_their_own() -> None:
    brand = Brand("a", "", "", "", "", "", "https://a.example")
    assert brand.fonts_for("en-GB") == FONTS
    assert "Hiragino" in brand.fonts_for("ja-JP")["heading"]
    assert "Georgia" not in brand.fonts_for("ar")["heading"]


def test_every_colour_has_a_name_in_the_file() -> None:
    assert len(COLOUR_NAMES) == len(set(COLOUR_NAMES)) == len(COLOURS["dark"])
