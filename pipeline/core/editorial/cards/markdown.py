"""What the reader of Markdown finds."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "block-quote",
        Severity.C,
        "A quotation is read as ordinary paragraphs",
        "The email has no block quotes, so that the reader would take the words for the article's own.",
        "Say in the sentence whose words they are, and put them between quotation marks.",
    ),
    Card(
        "list-start",
        Severity.C,
        "A numbered list does not begin at 1",
        "The email counts from 1, so that a number named elsewhere would mean another entry.",
        "Let it begin at 1, or join it to the list that it goes on from.",
    ),
)
