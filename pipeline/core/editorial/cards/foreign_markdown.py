"""What the reader of Markdown of other tools finds."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "box-not-closed",
        Severity.B,
        "A box is opened and not closed",
        "It is not known where it ends, so that its words became ordinary text and a warning no longer "
        "looks like one.",
        "Write `:::` on a line of its own where the box ends.",
    ),
    Card(
        "code-block",
        Severity.B,
        "A block of code was left out, or is not closed",
        "An email shows no code. Writers also put doses and scores into such blocks to keep their lines.",
        "Write what readers need as a list, a table or a sentence, and take out a fence that stands alone.",
    ),
    Card(
        "draft",
        Severity.C,
        "The page calls itself a draft",
        "Its author had not finished with it, and there may be a newer text.",
        "Make sure that this is the text that you mean.",
    ),
    Card(
        "embedded-page",
        Severity.B,
        "The page shows another page in its place here, whose words are not in the file",
        "A reader of the site saw those words, and a reader of the series would not.",
        "Copy what belongs to the article from the other page, or write the passage without it.",
    ),
    Card(
        "footnote-remark",
        Severity.B,
        "A footnote may be a source or a remark",
        "It was taken for a source. A remark among the references supports nothing, and its words would be "
        "missed in the text.",
        "Leave a source. Move the words of a remark into the text, and take the reference out.",
    ),
    Card(
        "footnote-twice",
        Severity.B,
        "Two footnotes have one name",
        "The first was kept and the second lost, so that its marks cite a source which does not say so.",
        "Give the second a name of its own, there and at its marks.",
    ),
    Card(
        "foreign-markdown",
        Severity.C,
        "The file was read as Markdown of another tool",
        "Such a file is read with guesses, and a file in the form of this guide is not. The sign that told "
        "is named.",
        "If the file was meant in our form, mend that sign; otherwise check the article that was made.",
    ),
    Card(
        "front-matter",
        Severity.B,
        "The front matter is broken, or a line of it was lost",
        "What could be read was read, and the title, the authors or the sources may be cut or missing.",
        "Mend the line that is named, or write the field into the article.",
    ),
    Card(
        "front-matter-field",
        Severity.B,
        "A field of the front matter could not be used",
        "It holds questions without answers, or names a file with the sources, and the article lacks them.",
        "Write the questions or the sources into the article.",
    ),
    Card(
        "heading-in-block",
        Severity.C,
        "A heading stands inside a list, a box or a quotation",
        "The series is cut at headings, and cannot be cut there, so that it was read as a bold line.",
        "Leave the bold line, or move the heading out and what it heads with it.",
    ),
    Card(
        "heading-in-capitals",
        Severity.C,
        "A heading is in capitals",
        "Capitals are slow to read, and a screen reader may spell them out.",
        "Write it as a sentence, with a capital letter at the start alone.",
    ),
    Card(
        "heading-level",
        Severity.C,
        "A heading skips a level, or stands inside an answer",
        "People who listen to a page find their way by its levels, so that the heading was moved or made a "
        "bold line.",
        "Check that it stands under the right heading.",
    ),
    Card(
        "language",
        Severity.B,
        "The language is not given as a language code",
        "The direction of the email and the voice that reads it aloud follow the language.",
        "Set `language` to a code such as `en-GB`.",
    ),
    Card(
        "questions-differ",
        Severity.B,
        "One question has two answers",
        "The front matter and the text answer it otherwise, and the one that was kept may be the wrong or "
        "the older one.",
        "Make the two agree, or take one of them out.",
    ),
    Card(
        "reference-numbers",
        Severity.B,
        "The entries in the list of sources are not numbered 1, 2, 3",
        "They were counted as they stand, and a mark in the text may now cite another source than its "
        "author meant.",
        "Check the marks against the list, and number its entries in order.",
    ),
    Card(
        "struck-out",
        Severity.B,
        "Words are struck out",
        "An email cannot show it, and the reader would take for true what the author had taken back.",
        "Take the words out, or keep them if they hold.",
    ),
    Card(
        "table-span",
        Severity.B,
        "A cell of a table spans others",
        "A table here has no such cells, and a dose may have come to stand under another heading.",
        "Compare the table with the page, and move the words to where they belong.",
    ),
    Card(
        "template-branch",
        Severity.B,
        "The software of the site decides what is shown here",
        "All of it was kept, so that the reader would see words that were meant for other cases.",
        "Take out what does not apply.",
    ),
    Card(
        "template-value",
        Severity.B,
        "The software of the site puts a value in here, which the file does not have",
        "The sentence lacks a word or a figure, and may say something else without it.",
        "Write the value out, or mend the sentence.",
    ),
    Card(
        "table-cells",
        Severity.B,
        "A row has more cells than its table has columns",
        "Markdown drops what stands in the others, and that may be a dose or a warning.",
        "Give the table another column, or escape a stroke that is no border: `\\|`.",
    ),
    Card(
        "text-after-fold",
        Severity.B,
        "It is not known whether text belongs to the folded part before it",
        "It was read as the end of that part, and would go with it to another issue of the series.",
        "Give what follows a heading of its own, or leave it if it belongs there.",
    ),
    Card(
        "two-titles",
        Severity.B,
        "The front matter and the text have different titles",
        "The first was kept. The title names the letters and the page in the archive, and readers search "
        "for it.",
        "Choose one, and take the other out.",
    ),
    Card(
        "words-in-tag",
        Severity.B,
        "Words stand inside a tag of the site's software",
        "The tag was left out and they with it, and a warning or a summary may be among them.",
        "Write them into the text if readers need them.",
    ),
)
