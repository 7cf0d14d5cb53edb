"""What more than one reader finds."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "suggested-heading",
        Severity.B,
        "A heading was lost, and a suggestion stands in its place",
        "The words are not the author's, and the series is cut and named by headings.",
        "Keep the suggestion by taking out the word `suggested`, or write a better heading.",
        but="C for an introduction before the first heading",
    ),
    Card(
        "E-20.glued-citation",
        Severity.B,
        "Digits, a bracket or a name with a year may be a citation, and were left in the text",
        "If they are one, the claim has lost its source, and a raised number that was glued to a word is a "
        "number that nobody meant (E-20).",
        "Write a citation as a mark, such as `[2]`, and leave what is none.",
        but="C in Markdown of our own",
    ),
    Card(
        "E-24.citation-scope",
        Severity.B,
        "A citation at the end of a list may support the last entry or the whole list",
        "Where the list is cut or quoted, the entries before it would stand without their source (E-24).",
        "To support the whole list, put the citation on the sentence that leads into it.",
    ),
    Card(
        "citation-in-heading",
        Severity.B,
        "A heading or a question had a citation, which was dropped",
        "Headings and questions carry no citation here, and what it supported would stand without its source.",
        "Put the mark after the sentence that it supports.",
    ),
    Card(
        "unknown-citation",
        Severity.B,
        "A mark cites a source that the page does not list",
        "The mark was left in the text, where it leads to nothing, and the claim has no source.",
        "Find the source and add it to the list, or remove the mark.",
    ),
    Card(
        "link-left-as-words",
        Severity.C,
        "A link has an address that may not stand in an email",
        "Only `https:` and `mailto:` addresses are ones that a reader can trust, so that the words alone "
        "were kept.",
        "Give the link a whole `https:` address, or leave the words as they are.",
    ),
    Card(
        "reference-address",
        Severity.C,
        "The address of a reference cannot be used as a link, and was left in the text",
        "A link in an email has to be one that a reader can trust and open.",
        "Find the whole `https:` address of the source and put it into `url`.",
    ),
    Card(
        "review-claimed",
        Severity.C,
        "The page names a reviewer or a review",
        "What was reviewed elsewhere was another text. Here the article is a draft until a clinician signs "
        "it off.",
        "Have the article reviewed. The name on the page is kept in the notes for the reviewer.",
    ),
    Card(
        "language-guessed",
        Severity.B,
        "The page does not say its language, which was told by its letters or its words",
        "The direction of the email and the voice that reads it aloud follow the language, and one script "
        "serves several.",
        "Set `language` in the front matter.",
    ),
    Card(
        "language-disagrees",
        Severity.B,
        "The page says that it is in one language, and its words are of another",
        "Themes leave a language of their own behind. The direction of the email, the voice that reads it aloud and "
        "the rules on safety follow the language.",
        "Set `language` in the front matter to the one that the text is written in.",
    ),
    Card(
        "furniture-left-out",
        Severity.C,
        "Lines were left out as a publisher's furniture, by their words",
        "Publishers put offers, questions about the page and links between the parts of an article, and a line of the "
        "article may read like one.",
        "Look through what was left out, and put back what belongs to the article.",
    ),
    Card(
        "bold-heading",
        Severity.C,
        "A bold line was read as a heading",
        "The series is cut and named by headings, and a line that is only bold would cut a section in two.",
        "Keep it if it is a heading; otherwise make it part of a sentence.",
    ),
    Card(
        "box-urgency",
        Severity.B,
        "How urgent a box is was told by its words or its name",
        "A box that says to act now has to look so, and one that can wait must not frighten.",
        "Check how soon its reader should act, and write `urgent`, `soon` or `note`.",
        but="C where neither its words nor its name ask for help",
    ),
    Card(
        "question-without-answer",
        Severity.B,
        "A question has no answer, and was left out",
        "Pages fold answers away, so that the answer may have been lost in reading or copying.",
        "Look at the page, and write the question with its answer if it belongs to the article.",
    ),
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
