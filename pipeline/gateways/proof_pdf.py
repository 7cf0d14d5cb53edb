"""Draw the paper that proves a consent: A4, real text with its title and language, the proof file attached.

The letters come from DejaVu where the system has it (Latin, Greek, Cyrillic and more: Debian's `fonts-dejavu-core`),
else from Vera, which reportlab brings along and which knows Western Latin only. What neither has is shown as its code
point, such as `[U+4E2D]`, and a line at the end says so: nobody's name is left out in silence.
"""

from __future__ import annotations

import io
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import reportlab
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFStream,
    PDFString,
)
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, KeepTogether, PageTemplate, Paragraph, Spacer, Table

from pipeline.core.consent.proof_paper import ATTACHED, Fact, ProofPaper, Section

FOLDERS = (
    Path("/usr/share/fonts/truetype/dejavu"),
    Path("/usr/share/fonts/dejavu-sans-fonts"),
    Path("/usr/share/fonts/TTF"),
    Path("/usr/share/fonts/dejavu"),
)
BUNDLED = Path(reportlab.__file__).parent / "fonts"
INK, TEAL, MUTED, LINE, TINT = (
    HexColor("#1d2b2f"),
    HexColor("#0b5c66"),
    HexColor("#4c5b60"),
    HexColor("#c9d2d3"),
    HexColor("#f1f5f4"),
)
MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN


class Letters:
    """The fonts of one paper, and the characters of it that they lack."""

    def __init__(self) -> None:
        self.lacking: set[str] = set()
        self.known = frozenset(pdfmetrics.getFont("Proof").face.charToGlyph)

    def text(self, words: str) -> str:
        """Words for a paragraph: escaped, with the code point of each character that the font lacks."""
        return escape(self.plain(words))

    def plain(self, words: str) -> str:
        return "".join(self._shown(character) for character in words)

    def _shown(self, character: str) -> str:
        if character in "\n\t" or ord(character) in self.known:
            return character
        self.lacking.add(character)
        return f"[U+{ord(character):04X}]"


@lru_cache(maxsize=1)
def _fonts() -> str:
    """Register them once. Returns what they are called."""
    folder = next((f for f in FOLDERS if (f / "DejaVuSans.ttf").exists()), None)
    if folder is not None:
        names = {"": "DejaVuSans.ttf", "Bold": "DejaVuSans-Bold.ttf", "Code": "DejaVuSansMono.ttf"}
    else:
        folder, names = BUNDLED, {"": "Vera.ttf", "Bold": "VeraBd.ttf", "Code": "Vera.ttf"}
    for kind, file in names.items():
        path = folder / file if (folder / file).exists() else folder / names[""]
        pdfmetrics.registerFont(TTFont(f"Proof{kind}", str(path)))
    return folder.name


def proof_pdf(paper: ProofPaper) -> bytes:
    """The document. The same paper gives the same octets."""
    _fonts()
    letters = Letters()
    made = io.BytesIO()
    document = BaseDocTemplate(
        made,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 4 * mm,
        title=paper.title,
        author=paper.subtitle,
        subject="What was asked, what was said, and how to check it",
        lang=paper.language,
        invariant=1,
    )
    frame = Frame(MARGIN, MARGIN + 4 * mm, WIDTH, A4[1] - 2 * MARGIN - 4 * mm, 0, 0, 0, 0)
    document.addPageTemplates(
        PageTemplate("page", [frame], onPage=lambda canvas, _: _foot(canvas, paper, letters))
    )
    document.build(_story(paper, letters), canvasmaker=_canvas(paper))
    return made.getvalue()


def _story(paper: ProofPaper, letters: Letters) -> list[Any]:
    story: list[Any] = [
        Paragraph(letters.text(paper.subtitle), _style("kicker")),
        Paragraph(letters.text(paper.title), _style("title")),
    ]
    for section in paper.sections:
        story += _section(section, letters)
    if letters.lacking:
        shown = ", ".join(f"U+{ord(c):04X}" for c in sorted(letters.lacking)[:20])
        story.append(
            Paragraph(
                f"The type of this paper lacks some characters. They are shown by their code points: {shown}. "
                "The notices and names themselves are kept whole.",
                _style("small"),
            )
        )
    return story


def _section(section: Section, letters: Letters) -> list[Any]:
    heading = Paragraph(letters.text(section.heading), _style("heading"))
    parts: list[Any] = [Paragraph(letters.text(text), _style("body")) for text in section.text]
    if section.facts:
        parts.append(_facts(section.facts, letters))
    if section.quote:
        parts.append(Spacer(1, 5 * mm))
    first, rest = parts[:1], parts[1:]
    quote = [Paragraph(letters.text(text), _style("quote")) for text in section.quote]
    events = [_event(event, letters) for event in section.events]
    kept = KeepTogether([heading, *first]) if first else KeepTogether([heading, *events[:1]])
    return [kept, *rest, *quote, *(events if first else events[1:])]


def _facts(facts: tuple[Fact, ...], letters: Letters) -> Table:
    rows = [
        [
            Paragraph(letters.text(fact.name), _style("name")),
            Paragraph(letters.text(fact.value), _style("code" if fact.code else "value")),
        ]
        for fact in facts
    ]
    return Table(
        rows,
        colWidths=[WIDTH * 0.3, WIDTH * 0.7],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 6),
            ("TOPPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ],
    )


def _event(event: tuple[str, str, tuple[str, ...]], letters: Letters) -> KeepTogether:
    when, what, lines = event
    return KeepTogether(
        [
            Paragraph(letters.text(when), _style("when")),
            Paragraph(letters.text(what), _style("what")),
            *(Paragraph(letters.text(line), _style("small")) for line in lines),
        ]
    )


def _style(name: str) -> ParagraphStyle:
    return STYLES[name]


def _made(name: str, font: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    plain = {"textColor": INK, "alignment": TA_LEFT, "spaceAfter": 0, "splitLongWords": 1}
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=leading, **{**plain, **more})


STYLES = {
    style.name: style
    for style in (
        _made("kicker", "Proof", 9.5, 13, textColor=MUTED),
        _made("title", "ProofBold", 18, 23, textColor=TEAL, spaceAfter=4 * mm),
        _made("heading", "ProofBold", 12, 16, textColor=TEAL, spaceBefore=6 * mm, spaceAfter=2 * mm),
        _made("body", "Proof", 9.5, 14, spaceAfter=1.5 * mm),
        _made("name", "Proof", 8.5, 12, textColor=MUTED),
        _made("value", "Proof", 9.5, 13),
        _made("code", "ProofCode", 8, 12),
        _made(
            "quote",
            "Proof",
            9,
            13,
            backColor=TINT,
            borderPadding=(4, 6, 4, 8),
            leftIndent=8,
            rightIndent=6,
            spaceBefore=1,
            spaceAfter=8,
        ),
        _made("when", "Proof", 8.5, 12, textColor=MUTED, spaceBefore=2.5 * mm),
        _made("what", "ProofBold", 9.5, 13),
        _made("small", "Proof", 8.5, 12, textColor=MUTED),
    )
}


def _foot(canvas: Any, paper: ProofPaper, letters: Letters) -> None:
    canvas.saveState()
    canvas.setFont("Proof", 8)
    canvas.setFillColor(MUTED)
    canvas.drawString(MARGIN, MARGIN - 2 * mm, letters.plain(f"{paper.subtitle}. Holds personal data."))
    canvas.drawRightString(A4[0] - MARGIN, MARGIN - 2 * mm, f"Page {canvas.getPageNumber()}")
    canvas.restoreState()


def _canvas(paper: ProofPaper) -> Any:
    """A canvas that attaches the proof file (ISO 32000-1, 7.11.4) and shows the title in the window."""

    class WithAttachment(Canvas):  # type: ignore[misc]
        def save(self) -> None:
            document = self._doc
            document.info.invariant = (
                False  # `invariant` also means the year 2000; this paper has its own moment
            )
            document._timeStamp.YMDhms = tuple(paper.made_at.astimezone(UTC).timetuple())[:6]
            stream = PDFStream(
                PDFDictionary(
                    {
                        "Type": PDFName("EmbeddedFile"),
                        "Subtype": "/application#2Fjson",
                        "Params": PDFDictionary({"Size": len(paper.attachment)}),
                    }
                ),
                paper.attachment,
                filters=[],
            )
            file = document.Reference(stream)
            spec = PDFDictionary(
                {
                    "Type": PDFName("Filespec"),
                    "F": PDFString(ATTACHED),
                    "UF": PDFString(ATTACHED),
                    "Desc": PDFString("The proof, for `rounds ledger check`"),
                    "EF": PDFDictionary({"F": file, "UF": file}),
                }
            )
            named = document.Reference(spec)
            files = PDFDictionary({"Names": PDFArray([PDFString(ATTACHED), named])})
            document.Catalog.Names = PDFDictionary({"EmbeddedFiles": files})
            self.setViewerPreference("DisplayDocTitle", "true")
            super().save()

    return WithAttachment
