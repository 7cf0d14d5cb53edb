"""What a part of a site's software stands for, by its name: Liquid tags, Hugo's shortcodes and MDX components alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from pipeline.core.content.article import Severity
from pipeline.core.content.importers.foreign import boxes
from pipeline.core.content.importers.foreign.grammar import FOLD, FOLD_END
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.source_lines import BREAK, apart, gone
from pipeline.core.content.inlines import tidy_text

WORDS_RULE = "words-in-tag"
VALUE_RULE = "template-value"

_BOXES_WORDS = """
    callout alert admonition notice note warning caution danger tip info hint important aside infobox
    message panel banner box highlight attention remark disclaimer
"""
_BOXES = frozenset(_BOXES_WORDS.split())
_FOLDS_WORDS = """
    accordion accordionitem details detail expand collapse collapsible disclosure toggle faq faqitem
    question qa spoiler foldable dropdown expander
"""
_FOLDS = frozenset(_FOLDS_WORDS.split())
_PICTURES_WORDS = """
    figure image img picture gallery video youtube vimeo tweet twitter gist instagram audio iframe chart map
    embed responsiveimage nextimage lottie icon
"""
_PICTURES = frozenset(_PICTURES_WORDS.split())
_CITES = frozenset(["cite", "citation", "ref", "reference", "footnote", "fn", "sn"])
_CONTENTS = frozenset(["toc", "tableofcontents", "tocinline"])
_KIND = (
    "type",
    "variant",
    "kind",
    "status",
    "severity",
    "level",
    "intent",
    "style",
    "color",
    "colour",
    "class",
    "classname",
)
_TITLE = ("title", "heading", "header", "summary", "question", "label", "name", "q")
_TEXT = ("content", "text", "body", "message", "answer", "a", "description", "children")
_ALT = ("alt", "caption", "title", "attr", "src", "id")
_PROSE = 4  # words; an attribute with as many says something to the reader


class Sort(Enum):
    BOX = "box"
    FOLD = "fold"
    PICTURE = "picture"
    CITE = "cite"
    CONTENTS = "contents"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Component:
    """`unnamed` are arguments without a name, as in `{{% notice warning "Mind" %}}`."""

    name: str
    named: Mapping[str, str]
    unnamed: tuple[str, ...] = ()

    @property
    def sort(self) -> Sort:
        name = (
            re.sub(r"[\W_]", "", self.name.rpartition("/")[2]).lower().removesuffix("html").removesuffix("md")
        )
        name = name.rpartition(".")[2]
        for names, sort in (
            (_BOXES, Sort.BOX),
            (_FOLDS, Sort.FOLD),
            (_PICTURES, Sort.PICTURE),
            (_CITES, Sort.CITE),
            (_CONTENTS, Sort.CONTENTS),
        ):
            if name in names:
                return sort
        return Sort.OTHER

    def first(self, names: tuple[str, ...]) -> str:
        return next((tidy_text(self.named[name]) for name in names if self.named.get(name)), "")

    @property
    def text(self) -> str:
        return self.first(_TEXT)

    def opening(self) -> str:
        """The line that opens the box or the folded part."""
        if self.sort is Sort.FOLD:
            title = self.first(_TITLE) or next((word for word in self.unnamed if word), "")
            return apart(f"{FOLD}{title}")
        kinds = [
            *self.first(_KIND).split(),
            *self.unnamed[:1],
            self.name.rpartition("/")[2].removesuffix(".html"),
        ]
        word = next((kind for kind in kinds if boxes.known(kind)), "note")
        title = self.first(_TITLE) or next(
            (words for words in self.unnamed if words != word and " " in words), ""
        )
        return apart(f"::: {word} {title}")

    def closing(self) -> str:
        return apart(FOLD_END if self.sort is Sort.FOLD else ":::")

    def whole(self, source: str, line: int, notes: Notes) -> str:
        """What stands in for a component that has nothing inside it."""
        sort = self.sort
        if sort in (Sort.BOX, Sort.FOLD) and self.text:
            return f"{self.opening()}{self.text}{self.closing()}{gone(source)}"
        if sort is Sort.CITE and (
            key := self.first(("id", "key", "n", "num", "number")) or "".join(self.unnamed[:1])
        ):
            return f"[^{'#' if key.isdigit() else ''}{key}]{gone(source)}"
        if sort is Sort.PICTURE:
            notes.leave(line, self.first(_ALT) or source, "a picture: an article carries words only")
        elif sort is Sort.CONTENTS:
            notes.leave(line, source, "a table of contents")
        else:
            self.leave(source, line, notes)
        return gone(source)

    def leave(self, source: str, line: int, notes: Notes) -> None:
        """Lists a tag that is taken out, and asks about words that only it carries."""
        notes.leave(line, source, "a tag of the site's software; its words were kept")
        for words in (*self.named.values(), *self.unnamed):
            if len(words.split()) >= _PROSE and "://" not in words:
                message = (
                    "These words stand inside a tag of the site's software and were left out. Do they matter?"
                )
                notes.find(WORDS_RULE, Severity.B, line, words, message)


def value_lost(quote: str, line: int, notes: Notes) -> str:
    message = (
        "The site puts a value in here, which this file does not have. Write it out, or mend the sentence."
    )
    notes.find(VALUE_RULE, Severity.B, line, quote, message)
    return gone(quote)


def alone(text: str, start: int, end: int) -> bool:
    """Whether a stretch of `text` has its lines to itself."""
    before = text[max(0, start - 40) : start].rpartition("\n")[2]
    after = text[end : end + 40].partition("\n")[0]
    return not before.strip(f" \t>{BREAK}") and not after.strip(f" \t{BREAK}")


def taken(text: str, start: int, end: int) -> str:
    """What stands in for a tag that is taken out: a blank line where it had its line to itself."""
    return (BREAK if alone(text, start, end) else "") + gone(text[start:end])
