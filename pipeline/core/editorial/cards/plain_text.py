"""What the reader of plain-text pages finds."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "bare-heading",
        Severity.C,
        "A short line between paragraphs was read as a heading",
        "The page has no blank lines around it, and a line of the text that is cut short would look the same.",
        "Keep it if it is a heading; otherwise make it part of a sentence.",
    ),
    Card(
        "gap-before-list",
        Severity.C,
        "A wide gap before a list",
        "A page leaves such a gap where something was lost, often the sentence that says what is listed.",
        "Look at the page, and put back what stood there.",
    ),
    Card(
        "list-without-marks",
        Severity.B,
        "Short lines after a lead-in were read as its list",
        "The page has no marks before them, so that nothing says where the list ends and the text goes on.",
        "See that it ends where it should, and write it with `- ` before each entry.",
    ),
    Card(
        "left-out-line",
        Severity.C,
        "A line was taken for an advertisement",
        "It was left out of the article, and might have been a heading.",
        "Put it back if it is one.",
    ),
)
