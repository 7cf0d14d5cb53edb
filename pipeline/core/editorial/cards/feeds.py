"""What the readers of feeds and of WordPress exports find besides what their HTML gives."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "control-characters-removed",
        Severity.C,
        "Control characters were taken out",
        "Words may look joined or cut where they stood.",
        "Read the article, and mend words that look odd.",
    ),
    Card(
        "feed-not-well-formed",
        Severity.C,
        "The feed is not well-formed XML",
        "What could be read was read, and an article may lack what stood after the fault.",
        "Compare the article with its page, and tell who runs the feed.",
    ),
    Card(
        "summary-taken-as-text",
        Severity.C,
        "The description of an entry was taken for the whole text",
        "The feed has no field for the full text, and a long summary would look like an article.",
        "Compare it with the page, and import the page itself if the text is shorter.",
    ),
    Card(
        "text-from-fields",
        Severity.C,
        "The text was put together from custom fields of WordPress",
        "The theme of the site decides in which order such fields are shown, and the export does not say it.",
        "Check the order of the sections, and that none of them is missing.",
    ),
)
