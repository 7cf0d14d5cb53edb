"""What the readers of web pages, feeds and WordPress exports find."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "main-part-guessed",
        Severity.C,
        "The page does not say which part is its article",
        "The part that was taken may lack its first or last words, or hold what belongs to the page around"
        " it.",
        "Compare its beginning and its end with the page.",
    ),
    Card(
        "language-guessed",
        Severity.B,
        "The language was guessed from the script",
        "The direction of writing and the voice that reads an email aloud follow the language.",
        "Set `language` in the front matter.",
        but="C on a web page",
    ),
    Card(
        "slug-made-up",
        Severity.C,
        "The title has too few Latin letters for a name",
        "The name stands in addresses and file names, and stays once letters have been sent.",
        "Choose a `slug` that people can read before you import the article.",
    ),
    Card(
        "citation-in-heading",
        Severity.B,
        "A heading carried a citation",
        "A heading has no place for a mark, so that it was dropped and its source is cited nowhere.",
        "Put the citation after the sentence that it supports.",
    ),
    Card(
        "citation-number-differs",
        Severity.B,
        "A mark says one number and links to another",
        "One of the two sources does not support the sentence.",
        "Look at both sources, and cite the right one.",
    ),
    Card(
        "citation-without-list",
        Severity.B,
        "A mark cites a source that the page's list does not have",
        "The reader is promised a source that nobody can look up.",
        "Find the source and add it, or remove the mark.",
    ),
    Card(
        "link-left-as-words",
        Severity.C,
        "A link was left out and its words were kept",
        "Links in an email begin with `https:` or `mailto:`, so that readers can trust them.",
        "Find the `https:` address, or leave the words as they are.",
    ),
    Card(
        "box-urgency",
        Severity.C,
        "How urgent a box is was guessed from its words",
        "Its colour and its place in the series follow the urgency.",
        "Write `urgent`, `soon` or `note` after the `:::`, as a clinician would have it.",
    ),
    Card(
        "bold-heading",
        Severity.B,
        "A bold line was taken for a heading",
        "The series is cut and named by headings, and bold words may be mere emphasis.",
        "Keep the heading, or make it a sentence of the paragraph again.",
    ),
    Card(
        "questions-guessed",
        Severity.C,
        "Headings that ask were taken for questions and answers",
        "Questions are kept together in the series, apart from the sections.",
        "Move them back if they are headings of sections.",
    ),
    Card(
        "question-without-answer",
        Severity.B,
        "No answer stands under a question",
        "A page that folds its answers away may have lost them on the way here.",
        "Look at the page, and put the answer back.",
    ),
    Card(
        "reference-in-tooltip",
        Severity.C,
        "A source stood in a tooltip and was put into the list",
        "Nobody sees a tooltip in an email.",
        "Check that the reference is whole.",
    ),
    Card(
        "schema-disagrees",
        Severity.C,
        "What the page tells machines differs from what it shows",
        "Search engines read the one and people the other. What the page shows was kept.",
        "See which of the two is right.",
    ),
    Card(
        "table-without-header",
        Severity.C,
        "A table has no row of headings",
        "Read aloud, or on a phone, its cells do not say what they are.",
        "Write a first row that says what each column is.",
    ),
    Card(
        "feed-not-well-formed",
        Severity.C,
        "A feed is not well-formed",
        "What could be read was read, and something may be missing.",
        "Compare the article with its page.",
    ),
    Card(
        "summary-taken-as-text",
        Severity.C,
        "The description of a feed's entry was taken for its text",
        "It may be a shortened form of the article.",
        "Compare its end with the page.",
    ),
    Card(
        "text-from-fields",
        Severity.C,
        "The text was put together from custom fields",
        "Their order may not be that of the page.",
        "Compare the order with the page.",
    ),
    Card(
        "control-characters-removed",
        Severity.C,
        "Control characters were removed",
        "Words around them may be joined or cut.",
        "Look for such words.",
    ),
)
