"""What an article seems to have lost before it came here, whatever it was read from."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "lost-list",
        Severity.A,
        "A lead-in has no list after it",
        "'Possible side effects are:' with nothing after it tells the reader that there are none.",
        "Find the list in the source and put it back, or end the sentence.",
        but="B where something follows it, and it is not about help, doses, side effects or what to avoid",
    ),
    Card(
        "lost-box",
        Severity.A,
        "A box has a title and nothing in it",
        "'When to call 999' with nothing under it is worse than no box.",
        "Find its words in the source and put them back, or take the box out.",
    ),
    Card(
        "lost-end",
        Severity.B,
        "The text breaks off in the middle of a sentence",
        "The end may hold the very limit of what was said, and half a sentence misleads.",
        "Find the end in the source.",
    ),
    Card(
        "lost-table",
        Severity.B,
        "The text points at a table, and the article has none",
        "The figures that the sentence rests on are missing.",
        "Put the table back, or take out the words that point at it.",
    ),
    Card(
        "empty-list",
        Severity.B,
        "A list has no entry with words in it",
        "Its entries may have been lost in reading or copying.",
        "Look at the source, and put them back or take the list out.",
    ),
    Card(
        "empty-table",
        Severity.B,
        "A table has no row with words in it",
        "Its cells may have been lost in reading or copying.",
        "Look at the source, and put them back or take the table out.",
    ),
)
