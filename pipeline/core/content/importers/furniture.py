"""What a page carries besides its article, told by the words that sites use. A row is a reason and its patterns.

A row that no health sentence could match is worth having; one that might eat a sentence is not.
"""

from __future__ import annotations

import re

SIGN_UP = "a sign-up box"
ADVERTISEMENT = "an advertisement"
AUTHOR_BOX = "the box about the author"
FOOTER = "the foot of the page"
SHORTCODE = "a shortcode of the site's software"
COMMENT_FORM = "the comment form"

_ROWS: tuple[tuple[str, str], ...] = (
    (SHORTCODE, r"^\[/?[a-z][\w-]*[-_][\w-]*(?: [^\[\]]*)?\]$|^\[/?[a-z]\w+ [^\[\]]*=[^\[\]]*\]$"),
    (
        SIGN_UP,
        r"^(?:get|join|receive|subscribe (?:to|for)|sign up (?:for|to)) .{0,60}"
        r"\b(?:newsletters?|e-?mails?|mailing list|inbox)\b.{0,40}$"
        r"|^get (?:daily|weekly|monthly|free) .{0,60}(?:advice|tips|news)\b.{0,40}$"
        r"|^your privacy is important to us|^we (?:respect|value) your privacy"
        r"|^enter your e-?mail|^you (?:can|may) unsubscribe|^(?:subscribe|sign up)(?: now| here| today)?[.!]?$",
    ),
    (
        COMMENT_FORM,
        r"^leave a (?:reply|comment)|your e-?mail address will not be published|^(?:post|submit) (?:a )?comment"
        r"|^save my name|^required fields are marked|^\d+ (?:comments?|replies)$",
    ),
    (ADVERTISEMENT, r"^(?:advertisements?|sponsored(?: content| post)?|promoted|affiliate links?)\b.{0,40}$"),
    ("buttons for sharing", r"^(?:share|tweet|pin|print)(?: (?:this|on|via)\b.{0,40})?$"),
    ("a cookie notice", r"^(?:we use|this (?:web)?site uses) cookies|^accept (?:all )?cookies"),
    (
        "navigation",
        r"^(?:skip to (?:main )?content|related (?:articles|posts)|you (?:may|might) also like|read (?:more|next)"
        r"|previous post|next post|back to top)\b.{0,30}$|^(?:home|menu|search)$"
        r"|^the post .{1,200} (?:appeared first on|first appeared on) .{1,100}$",
    ),
    (
        FOOTER,
        r"\b(?:vat|company|charity) (?:number|no)\b|^(?:©|copyright\b|\(c\) )|\ball rights reserved\b"
        r"|^(?:phone|tel|telephone|fax)(?: number)?\b.{0,30}$|^\+?\d[\d ()-]{8,}$"
        r"|^(?:privacy policy|terms(?: and conditions| of use)?|contact us|about us|cookie policy)$",
    ),
)
_TABLE = tuple((why, re.compile(pattern, re.IGNORECASE)) for why, pattern in _ROWS)
_LONGEST = 600  # characters; a longer line is somebody's prose

_DISCLAIMER = re.compile(
    r"\binformational?(?: purposes)?\b.{0,60}\b(?:isn.t|not|only)\b|\bonly\b.{0,40}\binformational?\b"
    r"|\b(?:not|n.t)\b.{0,40}\b(?:medical (?:advice|guidance)|replace|substitute)\b",
    re.IGNORECASE,
)
_ABOUT_THE_PAGE = re.compile(r"\b(?:content|article|page|website|information|site)\b", re.IGNORECASE)
_ABOUT_CARE = re.compile(
    r"\b(?:medical|doctor|gp|physician|health professional|professional)\b", re.IGNORECASE
)
_POINTER = re.compile(r"^see our\b.*|^read our\b.*", re.IGNORECASE)


def reason(text: str) -> str | None:
    """Why the line is not the article's; None if it may be."""
    if len(text) > _LONGEST:
        return None
    return next((why for why, pattern in _TABLE if pattern.search(text)), None)


def is_disclaimer(text: str) -> bool:
    return (
        len(text) <= _LONGEST
        and _DISCLAIMER.search(text) is not None
        and _ABOUT_THE_PAGE.search(text) is not None
        and _ABOUT_CARE.search(text) is not None
    )


def without_pointers(text: str) -> tuple[str, str]:
    """A disclaimer without the sentences that point into the site, and those sentences."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    kept = [sentence for sentence in sentences if not _POINTER.match(sentence)]
    return " ".join(kept), " ".join(sentence for sentence in sentences if sentence not in kept)
