"""Markdown that is no article. Scrapers write Markdown too, so that it may hold all that a page may be.

The signs are those of `no_article`; here the marks are taken off the lines, for the same words to be found.
"""

from __future__ import annotations

import re

from pipeline.core.content.article import Reading
from pipeline.core.content.importers import no_article
from pipeline.core.content.words import plain, texts, word_count

_FENCE = re.compile(r"(?:---|\+\+\+)\s*")
_TITLE = re.compile(r"""["']?(?:title|headline)["']?\s*[:=]\s*["']?(.{1,300}?)["']?,?\s*""", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_MARKS = re.compile(r"\s*(?:#{1,6}\s+|>\s?|[-*+]\s+|\d{1,3}[.)]\s+)?[*_]{0,3}")
_ONLY_A_LINK = re.compile(
    r"\s*(?:#{1,6}\s+|[-*+]\s+|\d{1,3}[.)]\s+)?[*_]{0,3}\[[^\[\]]{1,300}\]\((?!#)[^()\s]{1,500}\)[*_]{0,3}\s*"
)
_NEXT = re.compile(r"(?:next page|(?:go|continue) to (?:the )?(?:next )?page(?: \d{1,2})?)\W*", re.IGNORECASE)
_HEAD = 400  # lines in which front matter ends
_LINKS = 12  # lines that are nothing but a link
_PROSE = 250  # characters of a paragraph


def refuse(name: str, text: str) -> None:
    """By the text alone, before it is read: an empty scrape, an error page, a listing, one page of several."""
    title, body = _parted(text)
    bare = [_bare(line) for line in body]
    no_article.refuse_plain(name, "\n".join([title, *bare] if title else bare))
    if more := next((line for line in bare if _NEXT.fullmatch(line[:60])), None):
        raise no_article.no(
            name, f"one page of several: it says '{more}'", "Save the article as one page, or join its pages"
        )
    lines = sum(bool(line) for line in bare)
    links = sum(_ONLY_A_LINK.fullmatch(line[:900]) is not None for line in body)
    if links > _LINKS and links * 3 > lines * 2 and sum(len(line) > _PROSE for line in bare) < 2:
        raise no_article.no(
            name,
            f"a page that lists articles: {links} of its lines only lead on",
            "Save the page of one article",
        )


def refuse_article(name: str, text: str, reading: Reading) -> None:
    """By what was read: a preview or an abstract."""
    article = reading.article
    groups = [section.blocks for section in article.sections] + [question.answer for question in article.faq]
    blocks = [block for group in groups for block in group]
    no_article.refuse_text(
        name,
        [plain(words) for words, _ in texts(blocks)] + [part.quote for part in reading.left_out[-3:]],
        [section.heading for section in article.sections if not section.suggested],
        word_count(blocks),
        tail="\n".join(_bare(line) for line in _parted(text)[1]),
    )


def _parted(text: str) -> tuple[str, list[str]]:
    """The title, as far as it is written plainly, and the lines under the front matter."""
    lines = text.split("\n")
    if _FENCE.fullmatch(lines[0]):
        end = next((n for n, line in enumerate(lines[1:_HEAD], 1) if line.strip() == lines[0].strip()), 0)
        found = (match for line in lines[1:end] if (match := _TITLE.fullmatch(line[:320])))
        title = next(found, None)
        return (title.group(1) if title else ""), lines[end + 1 :]
    return "", lines


def _bare(line: str) -> str:
    line = _LINK.sub(r"\1", line) if "](" in line else line
    return _MARKS.sub("", line, count=1).strip().rstrip("*_")
