"""What a reader finds that was lost before it came to it."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "lost-list",
        Severity.A,
        "A list was announced, and nothing or something else follows",
        "'Possible side effects are:' with nothing after it tells the reader that there are none.",
        "Find the list in the source and put it back, or end the sentence.",
        but="B where whole sentences follow",
    ),
    Card(
        "lost-box",
        Severity.A,
        "A box has a title and nothing in it",
        "'When to call 999' with nothing under it is worse than no box.",
        "Find its words in the source, or remove the box.",
    ),
    Card(
        "lost-table",
        Severity.B,
        "The text points at a table that is not there",
        "What the table said is missing from the series.",
        "Put the table back, or say its facts in words.",
    ),
    Card(
        "lost-end",
        Severity.B,
        "The text breaks off in a sentence",
        "What came after it may have been a limit or a warning.",
        "Find the end in the source.",
    ),
    Card(
        "empty-list",
        Severity.B,
        "No entry of a list has words in it",
        "The entries were lost on the way here.",
        "Look at the page, and put them back.",
    ),
    Card(
        "empty-table",
        Severity.B,
        "A table has no cell with words in it",
        "The cells were lost on the way here.",
        "Look at the page, and put them back.",
    ),
)
