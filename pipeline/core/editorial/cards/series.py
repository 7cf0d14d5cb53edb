"""What the review of a series finds."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "series.left_out",
        Severity.B,
        "A section or question stands in no issue",
        "A reader who follows the whole series would never see it. With severity B it stops a campaign "
        "(E-14).",
        "Add it to an issue of the series file, or say under `left_out` why not.",
        but="C where it advises, limits or denies nothing",
    ),
    Card(
        "series.left_out_on_purpose",
        Severity.A,
        "A section or question is left out on purpose, with the reason that you gave",
        "Whoever reads the series would not know that the article advises or limits something there.",
        "Leave it if the reviewer agrees with the reason, or add it to an issue.",
        but="C where it advises, limits or denies nothing",
    ),
    Card(
        "series.cut",
        Severity.B,
        "An issue begins with words that need those before them",
        "The words that limit a claim would come in another letter than the claim. No campaign begins while it"
        " stands (E-14).",
        "Begin the issue at the paragraph or the section that the message names.",
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
        but="C where the text says it, in no box",
    ),
    Card(
        "series.long",
        Severity.C,
        "An issue takes more than four minutes to read, or a daily one more than 90 seconds without what it repeats",
        "Readers put a long letter off, and what stands at its end is read by few.",
        "Move a section to another issue, or part it between paragraphs.",
    ),
    Card(
        "series.subject",
        Severity.C,
        "A subject is too long, cries, or names the topic of a discreet series",
        "Phones cut subjects at about 60 characters, filters and readers distrust capitals that shout, and "
        "any lock screen shows them to whoever looks (C-29).",
        "Shorten it, say it calmly, and leave the name of the condition to the letter itself.",
    ),
)
