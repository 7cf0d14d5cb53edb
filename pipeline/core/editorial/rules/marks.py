"""Marks that a reader should never meet: tags, template slots, characters that do not show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Article, Finding, Severity
from pipeline.core.editorial.prose import all_text

TAG_RULE = "markup-in-text"
SLOT_RULE = "slot-in-text"
HIDDEN_RULE = "hidden-character"

_TAG = re.compile(r"</?[a-zA-Z][\w:-]{0,40}(?:\s[^<>]{0,200})?/?>")
_SLOT = re.compile(r"\[\[\w{1,60}\]\]|\{\{.{0,60}?\}\}|\{%.{0,60}?%\}")
# Soft hyphen, zero-width characters, marks of writing direction. They break searching, and can reorder what is read.
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_AROUND = 30  # characters


def tags(article: Article) -> Iterator[Finding]:
    for text, line in all_text(article):
        for match in _TAG.finditer(text):
            message = f"The reader will see '{match.group()[:60]}' as it stands here. Remove the tag."
            yield Finding(TAG_RULE, Severity.B, line, match.group()[:120], message)


def slots(article: Article) -> Iterator[Finding]:
    for text, line in all_text(article):
        for match in _SLOT.finditer(text):
            message = (
                f"'{match.group()}' looks like a place that a template fills. An article has none: remove it."
            )
            yield Finding(SLOT_RULE, Severity.B, line, match.group(), message)


def hidden_characters(article: Article) -> Iterator[Finding]:
    for text, line in all_text(article):
        if match := _HIDDEN.search(text):
            quote = text[max(0, match.start() - _AROUND) : match.start()]
            message = f"The character U+{ord(match.group()):04X}, unseen, stands after '{quote}'. Remove it."
            yield Finding(HIDDEN_RULE, Severity.C, line, quote, message)


RULES = (tags, slots, hidden_characters)
