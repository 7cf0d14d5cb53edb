"""Which addresses an article may point at (S-10): `https:` and `mailto:`, and nothing that could hide another."""

from __future__ import annotations

import re

_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][!-~]*)?")
_MAILTO = re.compile(r"mailto:[A-Za-z0-9.!#%&'*+/=?_~@,-]+")
_NEVER = re.compile(r"[\s<>\"\\^`{|}\[\]]")  # RFC 3986 leaves these out; `[[` would also open a slot


def link_fault(url: str) -> str | None:
    """Why `url` may not stand in an article, as the end of a sentence; None if it may."""
    if _NEVER.search(url):
        return "holds a space or a character that an address may not have"
    if _HTTPS.fullmatch(url) or _MAILTO.fullmatch(url):
        return None
    if url.startswith("http://"):
        return "is not encrypted: write https:"
    if url.startswith("https://"):
        return "is not a whole address: it needs a host, no user name, and other letters as %XX"
    return "is not an https: or mailto: address"
