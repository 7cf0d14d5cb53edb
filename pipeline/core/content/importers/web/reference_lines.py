"""References on the lines of one paragraph, `...2020.<br>Roe C. (2018) ...`, as paragraphs of their own."""

from __future__ import annotations

import re
from copy import deepcopy

from pipeline.core.content.importers.web.tree import Element, words_of

# A number, `Roe C.`, `Roe, C.` or `NHS (2023)`. Anything else goes on with the reference before it, as an address does.
_BEGINS = re.compile(
    r"(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}[.)])\s"
    r"|[^\W\d_][\w'’-]{1,40},? [A-Z][A-Z.-]{0,6}(?=[\s,(:]|$)"
    r"|[^\W\d_][^.()\n]{1,80} \((?:19|20)\d\d\)"
)
_GOES_ON = re.compile(
    r"(?:available|accessed|retrieved|doi|pmid|published|updated|last|in|https?)\b", re.IGNORECASE
)


def parted(paragraph: Element) -> list[Element]:
    """The paragraph, or the several that take its place in the tree, one for each reference."""
    if paragraph.tag != "p" or paragraph.find("br") is None:
        return [paragraph]
    entries: list[Element] = []
    for line in _lines(paragraph):
        words = words_of(line, 200)
        if not words and not len(line):
            continue
        if entries and (_GOES_ON.match(words) or not _BEGINS.match(words)):
            _join(entries[-1], line)
        else:
            entries.append(line)
    if len(entries) < 2:
        return [paragraph]
    for entry in entries:
        paragraph.addprevious(entry)
    parent = paragraph.getparent()
    if parent is not None:
        parent.remove(paragraph)
    return entries


def _lines(paragraph: Element) -> list[Element]:
    """Copies of what stands between its line breaks."""
    lines = [_new(paragraph, paragraph.text)]
    for child in paragraph:
        if child.tag == "br":
            lines.append(_new(paragraph, child.tail))
        else:
            lines[-1].append(deepcopy(child))
    return lines


def _new(like: Element, text: str | None) -> Element:
    made = like.makeelement("p", {})
    made.text, made.sourceline = text, like.sourceline
    return made


def _join(entry: Element, line: Element) -> None:
    words = f" {line.text or ''}"
    if len(entry):
        entry[-1].tail = (entry[-1].tail or "") + words
    else:
        entry.text = (entry.text or "") + words
    entry.extend(list(line))
