"""What a reader found in an article from elsewhere, kept in the notes of the file that is written of it.

A Markdown file of our own shows nothing of what its source was like: a box that was never closed has an end in it. So
the finding stands in `notes_for_reviewer`, and is a finding of that file for as long as the note is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from pipeline.core.content.article import Article, Finding, Severity
from pipeline.core.content.inlines import tidy_text

_NOTE = re.compile(
    r"Found on import: (?P<severity>[AB]) (?P<rule>[\w.-]+): “(?P<quote>[^”]*)”: (?P<message>.+)", re.DOTALL
)
TAKE_OUT = " Then take the note on it out."


def noted(article: Article, findings: Iterable[Finding]) -> Article:
    """The article with each of the findings in its notes, once."""
    notes = dict.fromkeys((*article.notes_for_reviewer, *map(_note, findings)))
    return replace(article, notes_for_reviewer=tuple(notes))


def without_notes(article: Article) -> Article:
    """The article without the notes of that kind."""
    notes = tuple(note for note in article.notes_for_reviewer if not _NOTE.fullmatch(note))
    return replace(article, notes_for_reviewer=notes)


def still_noted(article: Article) -> Iterator[Finding]:
    """The findings that stand in its notes, of the article as a whole."""
    for note in article.notes_for_reviewer:
        if match := _NOTE.fullmatch(note):
            said: dict[str, Any] = match.groupdict()
            changed = {
                "severity": Severity(said["severity"]),
                "line": 0,
                "message": said["message"] + TAKE_OUT,
            }
            yield Finding(**{**said, **changed})  # one that was found before: its card is that of its reader


def as_noted(finding: Finding) -> tuple[str, str]:
    """What tells one finding of an article from another, in a note and before it was one: its rule and its quote."""
    return finding.rule, tidy_text(finding.quote.replace("”", '"'))


def _note(finding: Finding) -> str:
    rule, quote = as_noted(finding)
    return f"Found on import: {finding.severity.value} {rule}: “{quote}”: {tidy_text(finding.message)}"
