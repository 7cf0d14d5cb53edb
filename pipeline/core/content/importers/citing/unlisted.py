"""A mark whose source the page does not list. Until all others are lifted it is a value, so that nobody asks about it
twice; then it is words again, as it stood."""

from __future__ import annotations

from pipeline.core.content.article import Cite, Finding, Inlines, Run, Severity
from pipeline.core.content.inlines import tidy

RULE = "unknown-citation"

_SIGN = "^?"  # no id of a reference begins like this


def mark(raw: str) -> Cite:
    """`raw` is the mark as it will stand in the text, `[9]` for instance."""
    return Cite((_SIGN + raw,))


def is_unlisted(cite: Cite) -> bool:
    return cite.refs[0].startswith(_SIGN)


def finding(raw: str, line: int) -> Finding:
    message = (
        f"'{raw[:60]}' cites a source that the page does not list. It was left in the text. Find the source and add it "
        "to the list, or remove the mark."
    )
    return Finding(RULE, Severity.B, line, raw[:160], message)


def in_words(text: Inlines) -> Inlines:
    if not any(isinstance(part, Cite) and is_unlisted(part) for part in text):
        return text
    return tidy(
        Run(" " + part.refs[0].removeprefix(_SIGN)) if isinstance(part, Cite) and is_unlisted(part) else part
        for part in text
    )
