"""What the two parts of a letter say, made comparable (H-11, M-07): without spaces, marks of layout and addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.message.page import Page, Words

# Set apart in one part only: spaces, brackets of a picture, stops of a label. A point within a number stays.
_NO_WORDS = str.maketrans("", "", "[]*:\N{MIDDLE DOT}")
_STOP = re.compile(r"(?<!\d)\.|\.(?!\d)")
_LEAD = re.compile(r"(?:[ ]|\| ?|[*]{3} |- )*")
_LEAD_AND_COUNT = re.compile(
    rf"{_LEAD.pattern}(?:\d{{1,3}}\. )?"
)  # a list counts, and HTML shows no count as words
_ADDRESS = re.compile(
    r" ?\((?:https?://[^\s()]*(?:\([^\s()]*\)[^\s()]*)*|[^\s@()]+@[^\s()]+)\)"  # after the words of a link
    r"|https?://\S+|\[\[\w+_url\]\]"
)
_UNDERLINE = re.compile(r"[=~-]{2,}\Z")
_PICTURE = re.compile(r"\[[^\s\[\]:]+: ")
_LABEL = re.compile(r": |:\Z")


def bare(words: str) -> str:
    """`words` in small letters without anything that sets them apart in one part only."""
    return _STOP.sub("", "".join(words.split())).translate(_NO_WORDS).casefold()


def bare_html(page: Page) -> str:
    """All words that are seen, and what pictures say, in order."""
    return "".join(bare(words.text) for words in page.words if not words.look.hidden)


def bare_text(text: str) -> str:
    """Numbers at the beginning of a line are kept: they may be of a sentence that goes on there."""
    return "".join(bare(words) for _, _, words in _pieces(text, _LEAD))


def stretches(page: Page) -> Iterator[str]:
    """Each stretch of words of the HTML part that the text part has to say; a link to what a reference is at is set
    there as the address alone.
    """
    return (words.text for words in page.words if not words.look.hidden and not _leads_to_source(words))


def pieces(text: str) -> Iterator[tuple[int, str, str]]:
    """(number of the line, the line, some of its words) for what the HTML part has to say in one go. A label such as
    the column of a table ends with its colon.
    """
    return _pieces(text, _LEAD_AND_COUNT)


def _pieces(text: str, leads: re.Pattern[str]) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        lead = leads.match(line)
        words = _ADDRESS.sub("", line[lead.end() if lead else 0 :])
        if not words.strip() or _UNDERLINE.match(words.strip()):
            continue
        for piece in _LABEL.split(_PICTURE.sub("", words)):
            yield number, line, piece


def _leads_to_source(words: Words) -> bool:
    inside = words.element.tag == "a" or any(around.tag == "a" for around in words.element.iterancestors())
    return inside and "references" in words.classes()
