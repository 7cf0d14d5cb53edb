"""What is found in pictures."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "H-05.picture-without-words",
        Severity.B,
        "A picture has no words for who does not see it",
        "People who listen, and mail clients that show no pictures, get nothing in its place.",
        "Write between the brackets what it shows, or `decorative` where it shows nothing.",
    ),
    Card(
        "picture-file",
        Severity.B,
        "The file of a picture cannot be used",
        "The letter would have a hole where the picture should be.",
        "Put the file where the article names it, in a form that mail clients show.",
    ),
    Card(
        "H-09.transparent-picture",
        Severity.C,
        "A picture has a transparent ground",
        "Dark lines vanish in a dark mail client.",
        "Save it on a light ground, or give its lines a light edge.",
    ),
)
