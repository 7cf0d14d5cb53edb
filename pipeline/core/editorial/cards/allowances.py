"""What is found in the allowances of an article themselves."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "unused-allowance",
        Severity.C,
        "An allowance silences nothing",
        "What it was for has been mended or moved, and it would silence whatever comes to stand there later.",
        "Remove it, or mend the name of the rule.",
    ),
)
