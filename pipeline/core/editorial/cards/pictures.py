"""What is found in the pictures of an article."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "H-05.picture-without-words",
        Severity.B,
        "A picture has no words for those who do not see it, and was left out",
        "Many mail clients show no pictures until asked, and people who listen to the letter never see "
        "them (H-05).",
        "Write `![what it shows](images/name.png)`, or `![decorative](images/name.png)` if it shows "
        "nothing that matters.",
    ),
    Card(
        "picture-file",
        Severity.B,
        "The file of a picture is missing, or is not one that an email can show",
        "The letter cannot show the picture, and what it was to tell would be missing.",
        "Put a PNG, JPEG or GIF of the size that the message names into `content/images/`, under that name.",
    ),
    Card(
        "H-09.transparent-picture",
        Severity.C,
        "A picture has a transparent ground",
        "Dark lines vanish on the dark ground of a mail client (H-09).",
        "Save it on a light ground, or give its lines a light edge.",
    ),
)
