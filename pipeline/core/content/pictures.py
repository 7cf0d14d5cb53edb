"""Pictures of an article: their names, what a file of one must be, and the article with what the files told.

PNG, JPEG and GIF are what every mail client shows (caniemail, `image-png` and its kin); Outlook on Windows knows no
WebP, AVIF or SVG.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pipeline.core.content.article import Article, Block, Callout, Figure, Finding, Listing, Severity
from pipeline.core.errors import BadInput

FOLDER = "images/"
DECORATIVE = "decorative"  # in place of an alternative text, for a picture that says nothing
PICTURE_WITHOUT_WORDS = "H-05.picture-without-words"
PICTURE_RULE = "picture-file"
TRANSPARENT_RULE = "H-09.transparent-picture"

ALT_NEEDED = (
    "The picture has no words for those who cannot see it, and was left out. Write ![what it shows](images/name.png), "
    f"or ![{DECORATIVE}](images/name.png) if it shows nothing that matters."
)
PICTURE_LEFT_OUT = (
    "a picture: it must stand alone in its paragraph, as ![what it shows](images/name.png), with its file in "
    "content/images/"
)

MOST_BYTES = 500_000
LEAST_SIDE, WIDEST, HIGHEST = 16, 2400, 3600  # px; one of 1 px would be a tracker (C-30)
SHOWN_WIDTH = 532  # px, the words' own width in a letter

CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\.(?:png|jpe?g|gif)", re.IGNORECASE)
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Picture:
    """What the bytes of a picture say of themselves. Sizes in px; `kind` is `png`, `jpg` or `gif`."""

    kind: str
    width: int
    height: int
    transparent: bool = False


def picture_name(src: str) -> str | None:
    """`name.png` of `images/name.png`; None for an address, another folder, or a kind that mail does not show."""
    name = src.removeprefix(FOLDER)
    if name == src or len(name) > _LONGEST_NAME or ".." in name:
        return None
    return name if _NAME.fullmatch(name) else None


def look_at(data: bytes) -> Picture:
    """The kind and the size of a picture, from its first bytes. BadInput says what is wrong with the file."""
    for kind, start, read in _KINDS:
        if data.startswith(start):
            try:
                picture = read(data)
            except IndexError:
                raise BadInput(f"The {kind.upper()} picture is cut short. Save it again.") from None
            _refuse_odd_size(picture, len(data))
            return picture
    raise BadInput(
        "The file is no PNG, JPEG or GIF, which is what mail clients show. Save it as one of them."
    )


def shown_size(figure: Figure) -> tuple[int, int]:
    """Width and height in a letter, in px: its own, but no wider than the words."""
    width = min(figure.width, SHOWN_WIDTH)
    return width, max(1, round(figure.height * width / figure.width))


def picture_path(figure: Figure) -> str:
    """Where our site shows the picture. It names no condition (C-28), and other bytes have another address."""
    kind = figure.src.rsplit(".", 1)[-1].lower().replace("jpeg", "jpg")
    return f"/images/{figure.sha256}.{kind}"


def figures(article: Article) -> Iterator[Figure]:
    groups = [s.blocks for s in article.sections] + [q.answer for q in article.faq]
    for blocks in groups:
        yield from _figures(blocks)


def pictures_signed(article: Article) -> str:
    """What a sign-off covers besides the words (E-01): a line for each picture's bytes. Empty without pictures."""
    return "".join(f"{figure.src} {figure.sha256}\n" for figure in figures(article))


def with_files(
    article: Article, read: Callable[[str], tuple[Picture, str]]
) -> tuple[Article, tuple[Finding, ...]]:
    """The article with the size and the digest of each picture, and a finding for each file that will not do.

    `read` answers for a name what the file is and the SHA-256 of its bytes in hex, or raises BadInput.
    """
    if not any(True for _ in figures(article)):
        return article, ()
    findings: list[Finding] = []

    def measured(figure: Figure) -> Figure:
        try:
            picture, digest = read(figure.src)
        except BadInput as error:
            findings.append(Finding(PICTURE_RULE, Severity.B, figure.line, figure.src, str(error)))
            return figure
        if not picture_path(figure).endswith("." + picture.kind):
            message = f"The file is a {picture.kind.upper()}, and its name ends otherwise. Rename it."
            findings.append(Finding(PICTURE_RULE, Severity.B, figure.line, figure.src, message))
            return figure
        if picture.transparent:
            message = (
                "The picture has a transparent ground, on which dark lines vanish in a dark mail client. "
                "Save it on a light ground, or give its lines a light edge."
            )
            findings.append(Finding(TRANSPARENT_RULE, Severity.C, figure.line, figure.src, message))
        return replace(figure, width=picture.width, height=picture.height, sha256=digest)

    return each_figure(article, measured), tuple(findings)


def each_figure(article: Article, change: Callable[[Figure], Figure]) -> Article:
    """The article with every picture changed, wherever it stands."""
    sections = tuple(replace(s, blocks=_each(s.blocks, change)) for s in article.sections)
    faq = tuple(replace(q, answer=_each(q.answer, change)) for q in article.faq)
    return replace(article, sections=sections, faq=faq)


def _figures(blocks: tuple[Block, ...]) -> Iterator[Figure]:
    for block in blocks:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, Callout):
            yield from _figures(block.blocks)
        elif isinstance(block, Listing):
            for item in block.items:
                yield from _figures(item.blocks)


def _each(blocks: tuple[Block, ...], change: Callable[[Figure], Figure]) -> tuple[Block, ...]:
    return tuple(_one(block, change) for block in blocks)


def _one(block: Block, change: Callable[[Figure], Figure]) -> Block:
    if isinstance(block, Figure):
        return change(block)
    if isinstance(block, Callout):
        return replace(block, blocks=_each(block.blocks, change))
    if isinstance(block, Listing):
        items = tuple(replace(item, blocks=_each(item.blocks, change)) for item in block.items)
        return replace(block, items=items)
    return block


def _refuse_odd_size(picture: Picture, length: int) -> None:
    if length > MOST_BYTES:
        raise BadInput(
            f"The picture has {length:,} bytes; {MOST_BYTES:,} is the most. Save it smaller, {2 * SHOWN_WIDTH} px wide."
        )
    if not (LEAST_SIDE <= picture.width <= WIDEST and LEAST_SIDE <= picture.height <= HIGHEST):
        raise BadInput(
            f"The picture has {picture.width} by {picture.height} px. A side has {LEAST_SIDE} or more; {WIDEST} wide "
            f"and {HIGHEST} high is the most."
        )


def _png(data: bytes) -> Picture:
    """PNG, section 11.2.1: IHDR comes first. Colour types 4 and 6 have an alpha channel, and tRNS makes one."""
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise IndexError
    transparent = data[25] in (4, 6) or b"tRNS" in data[:4096]
    return Picture("png", _number(data, 16, 4), _number(data, 20, 4), transparent)


def _gif(data: bytes) -> Picture:
    if len(data) < 13:
        raise IndexError
    return Picture(
        "gif", int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"), transparent=False
    )


def _jpeg(data: bytes) -> Picture:
    """ITU T.81, B.2.2: segments up to the frame header, which holds height and width. Segments are skipped by their
    own lengths, so that a file is walked once.
    """
    at = 2
    while True:
        if data[at] != 0xFF:
            raise IndexError
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return Picture("jpg", _number(data, at + 7, 2), _number(data, at + 5, 2))
        at += 2 if marker == 0x01 or 0xD0 <= marker <= 0xD8 else 2 + max(2, _number(data, at + 2, 2))


def _number(data: bytes, at: int, length: int) -> int:
    if len(data) < at + length:
        raise IndexError
    return int.from_bytes(data[at : at + length], "big")


_KINDS: tuple[tuple[str, bytes, Callable[[bytes], Picture]], ...] = (
    ("png", b"\x89PNG\r\n\x1a\n", _png),
    ("jpg", b"\xff\xd8\xff", _jpeg),
    ("gif", b"GIF87a", _gif),
    ("gif", b"GIF89a", _gif),
)
