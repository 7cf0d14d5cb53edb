"""What the review of a series finds."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "series.left_out",
        Severity.B,
        "A section or question stands in no issue",
        "A reader who follows the whole series would never see it.",
        "Add it to an issue of the series file.",
        but="C where it says nothing of when to get help",
    ),
    Card(
        "series.order",
        Severity.C,
        "A section comes after one that readers would expect later",
        "A series is read over weeks, and is hard to follow unless what it is comes before causes and treatment.",
        "Move the section to an earlier issue, or keep your order if you mean it.",
    ),
    Card(
        "series.apart",
        Severity.C,
        "A sub-heading stands in another issue than its heading",
        "Together they are short enough for one issue, and apart neither is whole.",
        "Put both into one issue.",
    ),
    Card(
        "series.urgent_last",
        Severity.B,
        "Urgent advice first comes in the last issue",
        "Somebody who needs it would have waited for weeks.",
        "Move the section to the first issue.",
    ),
    Card(
        "series.no_help",
        Severity.B,
        "The article never says where to get help",
        "Every issue ends with when and where to get help, and takes it from the article (E-05).",
        "Add a section or a callout that says when to see a GP, call NHS 111 or call 999.",
    ),
    Card(
        "series.subject",
        Severity.C,
        "A subject is too long, or names the topic",
        "Phones cut subjects at about 60 characters, and any lock screen shows them to whoever looks.",
        "Shorten it, and leave the name of the condition to the letter itself.",
    ),
    Card(
        "series.left_out_on_purpose",
        Severity.A,
        "A section or question is left out on purpose",
        "What advises, limits or denies something is left out for a reason that a clinician has to agree to.",
        "Put it into an issue, or keep the reason in the series file for the clinician.",
        but="C where it does none of these",
    ),
    Card(
        "series.cut",
        Severity.B,
        "A cut tears words from those that they need",
        "A list without its lead-in, or a hedge in the letter after its claim, says something else.",
        "Put both parts into one issue.",
    ),
    Card(
        "series.long",
        Severity.C,
        "An issue takes too long to read",
        "A letter of more than four minutes, or a daily one of more than one and a half, is put off and not"
        " read.",
        "Move a section to another issue.",
    ),
)
