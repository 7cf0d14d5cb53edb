"""What the reader of web pages finds, and with it those of feeds and exports, which carry HTML."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "citation-number-differs",
        Severity.B,
        "The number of a mark is not that of the reference its link leads to",
        "One of the two is wrong, and a reader who checks the claim may be sent to another source.",
        "The link was followed: see which source says so, and cite that one.",
    ),
    Card(
        "main-part-guessed",
        Severity.C,
        "The page does not say which part of it is the article",
        "The part with most of the text was taken, and a part of the article may lie outside of it.",
        "Compare the article with the page, and look through what was left out.",
    ),
    Card(
        "questions-guessed",
        Severity.C,
        "Headings that ask were taken for questions and answers",
        "Questions stay together in a series and go to its end, where a section of the article would be "
        "out of place.",
        "Move what is no question out of 'Questions and answers'.",
    ),
    Card(
        "reference-in-tooltip",
        Severity.C,
        "A source stood only in a tooltip beside its mark",
        "It was added to the references, with what the tooltip said, which is often short of a title or a "
        "year.",
        "Check the new reference, and write it in full.",
    ),
    Card(
        "schema-disagrees",
        Severity.C,
        "The data that the page carries for search engines cannot be read, or say otherwise than the page",
        "What the page shows was kept. Where the data are the newer of the two, the article would be out "
        "of date.",
        "Compare them, and mend the title, the author or the answer if the data are right.",
    ),
    Card(
        "slug-made-up",
        Severity.C,
        "The title has too few Latin letters for a name in addresses",
        "The name was made from the address, the file or the letters of the title. Links hold it, so that it should"
        " not change later.",
        "Write the `slug` that you want into the front matter before the article goes out.",
    ),
    Card(
        "table-without-header",
        Severity.C,
        "A table has no row of headings",
        "A screen reader reads a cell with the heading of its column, and without one the cell is a bare "
        "number.",
        "Write into the empty first row what each column holds.",
    ),
)
