"""One issue with every part of the kit, to look at: `rounds render --sample`. No word in it is medical advice."""

from __future__ import annotations

import hashlib
import struct
import zlib
from datetime import date
from functools import cache

from pipeline.core.content.article import (
    Callout,
    Cite,
    Figure,
    Inline,
    Listing,
    ListItem,
    Paragraph,
    Person,
    Question,
    Run,
    Section,
    SectionKind,
    Table,
    Urgency,
)
from pipeline.core.series.issue import IssueContent, NumberedReference

WIDTH, HEIGHT = 1064, 360  # px, twice the size that it is shown in
PICTURE = "kit-sample.png"
_PALETTE = b"\xfb\xf8\xf3\x0f\x5c\x5c\xdd\xd3\xc3\x9a\x47\x08"  # paper, teal, line, amber
_WALKED = (12, 20, 0, 25, 30, 18, 40)  # minutes a day


def kit_issue() -> IssueContent:
    """A made-up issue; its picture is `kit_picture()`."""
    return IssueContent(
        series_slug="a-walk-a-day",
        series_title="A walk a day",
        number=3,
        total=6,
        title="Walking when the weather is against you",
        subject="Walking when the weather is against you",
        preheader="What to wear, how far to go, and the few days on which to stay at home.",
        language="en-GB",
        sections=(_clothes(), _weather(), _how_far(), _stop()),
        questions=(
            Question(
                "umbrella",
                "Is an umbrella better than a hood?",
                (
                    _paragraph(
                        "On a still day, yes. In wind a hood leaves both hands free", _cite("hood"), "."
                    ),
                    _bullets("Keep the hood away from your eyes", "Look both ways before you cross"),
                ),
            ),
            Question(
                "dog", "Does it count if the dog stops a lot?", (_paragraph("It counts. So do the stops."),)
            ),
        ),
        references=(
            NumberedReference(1, "hood", "Rain A, Coat B. Hoods and umbrellas: a made-up trial. 2024.", None),
            NumberedReference(
                2,
                "wind",
                "Breeze C. Wind and warmth, a made-up review. Journal of Examples. 2023.",
                "https://journal.example/2023/wind-and-warmth",
            ),
        ),
        help=(
            Callout(
                Urgency.URGENT,
                "Call 999 if",
                (_paragraph("somebody has fallen on ice and cannot get up, or is confused."),),
            ),
        ),
        previously="how to find twenty minutes in a full day.",
        next_week="walking with others, and why it lasts longer.",
        authors=(Person("Ada Sample", "MSc", "health writer"),),
        reviewer=Person("Dr Ben Sample", "GMC 0000000", "general practitioner"),
        reviewed_on=date(2026, 11, 2),
        next_review_on=date(2027, 11, 2),
        disclaimer="This sample shows how letters look. It gives no advice.",
        reading_minutes=4,
        demonstration=True,
    )


@cache
def kit_picture() -> bytes:
    """Seven bars as a PNG of four colours, put together by hand, so that its bytes are the same everywhere."""
    step, bar = WIDTH // len(_WALKED), WIDTH // len(_WALKED) - 44
    rows = b"".join(b"\0" + _row(HEIGHT - 1 - y, step, bar) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 2, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", _PALETTE), (b"IDAT", _stored(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _row(up: int, step: int, bar: int) -> bytes:
    """One line of pixels, `up` from the bottom, two bits each."""
    pixels = [2 if up % 80 == 0 else 0] * WIDTH
    for day, minutes in enumerate(_WALKED):
        if up < minutes * 8:
            start = day * step + 22
            pixels[start : start + bar] = [3 if minutes < 15 else 1] * bar
    return bytes(
        pixels[x] << 6 | pixels[x + 1] << 4 | pixels[x + 2] << 2 | pixels[x + 3] for x in range(0, WIDTH, 4)
    )


def _stored(data: bytes) -> bytes:
    """`data` as zlib's format has it uncompressed (RFC 1950, RFC 1951 3.2.4)."""
    pieces = [data[at : at + 65_535] for at in range(0, len(data), 65_535)]
    blocks = b"".join(
        struct.pack("<BHH", n == len(pieces), len(piece), len(piece) ^ 0xFFFF) + piece
        for n, piece in enumerate(pieces, 1)
    )
    return b"\x78\x01" + blocks + struct.pack(">I", zlib.adler32(data))


def _clothes() -> Section:
    listing = Listing(
        (
            ListItem(_words("Next to the skin, something that dries quickly")),
            ListItem(
                _words("Over it, something warm:"),
                (
                    Listing(
                        (
                            ListItem(_words("wool, which is warm even when it is wet", _cite("wind"))),
                            ListItem(_words("or fleece:"), (_bullets("thin in autumn", "thick in winter"),)),
                        )
                    ),
                ),
            ),
            ListItem(_words("On top, a coat that stops the wind")),
        )
    )
    return Section(
        "clothes",
        "Three layers",
        2,
        SectionKind.MANAGEMENT,
        (
            _paragraph(
                "Most people put on ",
                Run("too much", strong=True),
                " and then carry it",
                _cite("hood", "wind"),
                ". The ",
                Run("guide to layers", href="https://walks.example/layers"),
                " has more, and so has anybody who ",
                Run("walks to work", emphasis=True),
                ".",
            ),
            listing,
        ),
    )


def _weather() -> Section:
    return Section(
        "weather",
        "What the weather asks for",
        2,
        SectionKind.OVERVIEW,
        (
            _paragraph("A table that fits a telephone stays a grid:"),
            Table(
                (_words("Weather"), _words("Wear"), _words("Leave at home")),
                (
                    (_words("Rain"), _words("A hood"), _words("The umbrella, in wind", _cite("hood"))),
                    (_words("Frost"), _words("Boots with a grip"), _words("Your hurry")),
                ),
            ),
            _paragraph("A wider one repeats its headings in each row:"),
            Table(
                tuple(_words(name) for name in ("Wind", "Speed", "What you see", "Walk?", "Feels colder by")),
                (
                    tuple(
                        _words(cell)
                        for cell in (
                            "Gentle breeze",
                            "8 to 12 mph",
                            "Leaves move all the time",
                            "Yes",
                            "2 °C",
                        )
                    ),
                    tuple(
                        _words(cell)
                        for cell in ("Gale", "39 to 46 mph", "Twigs break off trees", "No", "8 °C or more")
                    ),
                ),
            ),
            Figure(
                PICTURE,
                "Bars of minutes walked on seven days: least on Wednesday, none; most on Sunday, 40.",
                "A week of walks. Two short days do no harm.",
                width=WIDTH,
                height=HEIGHT,
                sha256=hashlib.sha256(kit_picture()).hexdigest(),
            ),
        ),
    )


def _how_far() -> Section:
    steps = ("Walk out for half of your time", "Turn round", "Notice that the way back is shorter")
    return Section(
        "how-far",
        "How far to go",
        3,
        SectionKind.MANAGEMENT,
        (
            Listing(tuple(ListItem(_words(step)) for step in steps), ordered=True),
            Callout(
                Urgency.NOTE,
                "Short walks add up",
                (_paragraph("Two of ten minutes do about as much as one of twenty", _cite("wind"), "."),),
            ),
        ),
    )


def _stop() -> Section:
    return Section(
        "stop",
        "When to turn back",
        2,
        SectionKind.HELP,
        (
            Callout(
                Urgency.SOON,
                "Speak to a GP if",
                (
                    _bullets(
                        "your chest feels tight on a walk, and stops when you rest", "you often feel dizzy"
                    ),
                ),
            ),
        ),
    )


def _words(*parts: str | Inline) -> tuple[Inline, ...]:
    return tuple(Run(part) if isinstance(part, str) else part for part in parts)


def _paragraph(*parts: str | Inline) -> Paragraph:
    return Paragraph(_words(*parts))


def _bullets(*items: str) -> Listing:
    return Listing(tuple(ListItem(_words(item)) for item in items))


def _cite(*refs: str) -> Cite:
    return Cite(refs)
