"""What a picture file must be, how an article names one, and what a sign-off covers of it."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.content.article import Callout, Figure, Listing, ListItem, Run, Severity, Urgency
from pipeline.core.content.article_data import article_from_data, article_to_data
from pipeline.core.content.markdown_writer import write
from pipeline.core.content.pictures import (
    Picture,
    figures,
    look_at,
    picture_name,
    picture_path,
    pictures_signed,
    shown_size,
    with_files,
)
from pipeline.core.errors import BadInput
from tests.core.content.samples import markdown

DIGEST = "ab" * 32


def png(width: int = 800, height: int = 300, colour_type: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    body = b"\0\0\0\rIHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return b"\x89PNG\r\n\x1a\n" + body + b"\0\0\0\0IEND\xaeB`\x82"


def jpeg(width: int = 640, height: int = 480) -> bytes:
    """With a JFIF segment, a fill byte and a table before the frame header, as cameras write them."""
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 9 + b"\xff\xff\xc4\0\x04\0\0" + frame + b"\xff\xd9"


GIF = b"GIF89a" + struct.pack("<HH", 120, 90) + b"\0\0\0;"


@pytest.mark.parametrize(
    ("data", "picture"),
    [
        (png(), Picture("png", 800, 300)),
        (png(colour_type=6), Picture("png", 800, 300, transparent=True)),
        (jpeg(), Picture("jpg", 640, 480)),
        (GIF, Picture("gif", 120, 90)),
    ],
)
def test_the_three_kinds_that_mail_shows_are_measured(data: bytes, picture: Picture) -> None:
    assert look_at(data) == picture


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"RIFF\0\0\0\0WEBPVP8 ", "no PNG, JPEG or GIF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG, JPEG or GIF"),
        (png()[:20], "cut short"),
        (jpeg()[:30], "cut short"),
        (GIF[:8], "cut short"),
        (png(1, 1), "1 by 1 px"),
        (png(2401, 300), "2401 by 300 px"),
        (png() + b"\0" * 500_000, "500,000 is the most"),
    ],
)
def test_a_file_that_will_not_do_is_told_why(data: bytes, complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        look_at(data)


@given(st.sampled_from([png(), jpeg(), GIF, b"\xff\xd8\xff"]), st.binary(max_size=60), st.integers(0, 60))
def test_any_bytes_are_a_picture_or_a_sentence(start: bytes, rest: bytes, at: int) -> None:
    with suppress(BadInput):
        assert look_at(start[:at] + rest).width >= 16


@pytest.mark.parametrize(
    ("src", "name"),
    [
        ("images/a.png", "a.png"),
        ("images/A-b_2.v3.JPEG", "A-b_2.v3.JPEG"),
        ("images/../secret.png", None),
        ("images/a/b.png", None),
        ("images/a.svg", None),
        ("images/.png", None),
        ("https://a.example/images/a.png", None),
        ("other/a.png", None),
        ("images/a..png", None),
        ("images/" + "a" * 90 + ".png", None),
    ],
)
def test_a_picture_is_named_by_a_file_of_the_one_folder(src: str, name: str | None) -> None:
    assert picture_name(src) == name


def test_a_picture_alone_in_its_paragraph_is_a_figure_wherever_blocks_stand() -> None:
    article = markdown(
        '## A\n![A & *b*](images/a.png "Seen from above")\n\n- one\n\n  ![decorative](images/b.gif)\n\n'
        "::: note\n![c](images/c.jpg)\n:::\n"
    ).article
    assert [replace(figure, line=0) for figure in figures(article)] == [
        Figure("a.png", "A & b", "Seen from above"),
        Figure("b.gif", ""),
        Figure("c.jpg", "c"),
    ]
    assert next(figures(article)).line == 8


@pytest.mark.holds("H-05")
def test_a_picture_without_words_blocks_and_is_left_out() -> None:
    reading = markdown("## A\nWords.\n\n![ ](images/a.png)\n")
    assert list(figures(reading.article)) == []
    assert [(f.rule, f.severity, f.quote) for f in reading.findings] == [
        ("H-05.picture-without-words", Severity.B, "a.png")
    ]


@pytest.mark.parametrize("source", ["Words ![a](images/a.png) around.", "![a](https://x.test/images/a.png)"])
def test_a_picture_amid_words_or_from_elsewhere_is_left_out_and_listed(source: str) -> None:
    reading = markdown(f"## A\nMore.\n\n{source}\n")
    assert list(figures(reading.article)) == []
    assert "![what it shows](images/name.png)" in reading.left_out[0].why


def test_files_give_size_and_digest_and_what_is_wrong_with_one_is_found_at_its_line() -> None:
    def on_disk(name: str) -> tuple[Picture, str]:
        if name == "gone.png":
            raise BadInput("There is no picture content/images/gone.png.")
        return Picture("png", 1064, 400, transparent=name == "glass.png"), DIGEST

    article = markdown(
        "## A\n![a](images/a.png)\n\n![b](images/gone.png)\n\n![c](images/c.gif)\n\n![d](images/glass.png)\n"
    ).article
    measured, findings = with_files(article, on_disk)
    first = next(figures(measured))
    assert (first.width, first.height, first.sha256) == (1064, 400, DIGEST)
    assert shown_size(first) == (532, 200)
    assert picture_path(first) == f"/images/{DIGEST}.png"
    lines = {figure.src: figure.line for figure in figures(article)}
    assert [(f.rule, f.severity, f.line) for f in findings] == [
        ("picture-file", Severity.B, lines["gone.png"]),
        ("picture-file", Severity.B, lines["c.gif"]),
        ("H-09.transparent-picture", Severity.C, lines["glass.png"]),
    ]
    assert article_from_data(article_to_data(measured)) == measured


def test_other_bytes_under_the_same_name_need_another_sign_off() -> None:
    article = markdown("## A\n![a](images/a.png)\n").article
    one, _ = with_files(article, lambda name: (Picture("png", 100, 100), "1" * 64))
    other, _ = with_files(article, lambda name: (Picture("png", 100, 100), "2" * 64))
    assert write(one) == write(other) == write(article)
    assert pictures_signed(one) != pictures_signed(other)
    assert pictures_signed(markdown("## A\nWords.\n").article) == ""


def test_a_picture_within_a_list_or_a_box_is_found() -> None:
    deep = Callout(Urgency.NOTE, "", (Listing((ListItem((Run("x"),), (Figure("a.png", "a"),)),)),))
    article = replace(markdown("## A\nx\n").article)
    article = replace(article, sections=(replace(article.sections[0], blocks=(deep,)),))
    measured, _ = with_files(article, lambda name: (Picture("png", 100, 100), DIGEST))
    assert [figure.sha256 for figure in figures(measured)] == [DIGEST]
