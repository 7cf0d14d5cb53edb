"""What the reader of plain-text pages finds."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "suggested-heading",
        Severity.B,
        "A heading was lost, and a suggestion stands in its place",
        "The words are not the author's, and the series is cut and named by headings.",
        "Keep the suggestion by taking out the word `suggested`, or write a better heading.",
    ),
    Card(
        "E-20.glued-citation",
        Severity.B,
        "Digits at the end of a word may be a citation",
        "A raised citation loses its height in a copy. As part of the word it is a number that nobody meant, and the"
        " claim has lost its source.",
        "Write it as a mark, such as `[2]`, or leave it if it belongs to the name.",
        but="C in Markdown",
    ),
    Card(
        "E-24.citation-scope",
        Severity.B,
        "A citation at the end of a list may support the last entry or the whole list",
        "Where the list is cut or quoted, the entries before it would stand without their source.",
        "To support the whole list, put the citation on the sentence that leads into it.",
    ),
    Card(
        "gap-before-list",
        Severity.C,
        "A wide gap before a list",
        "A page leaves such a gap where something was lost, often the sentence that says what is listed.",
        "Look at the page, and put back what stood there.",
    ),
    Card(
        "reference-address",
        Severity.C,
        "The address of a reference is not an `https:` one, and was left in the text",
        "A link in an email has to be one that a reader can trust and open.",
        "Find the `https:` address of the source and put it into `url`.",
    ),
    Card(
        "left-out-line",
        Severity.C,
        "A line was taken for an advertisement",
        "It was left out of the article, and might have been a heading.",
        "Put it back if it is one.",
    ),
    Card(
        "review-claimed",
        Severity.C,
        "The page names a reviewer",
        "What was reviewed elsewhere was another text. Here the article is a draft until a clinician signs it off.",
        "Have the article reviewed. The name on the page is kept in the notes for the reviewer.",
    ),
)
