"""MJML to HTML with every style inline. Deterministic, about 10 ms an issue; done once an issue, never per
subscriber.

MRML holds the GIL while it works, renders unknown tags and attributes without a word, and crashes the
process on very deep nesting, so that `message.vocabulary` looks at the source first.
"""

from __future__ import annotations

import re
from functools import cache

import css_inline
from mjml import mjml2html

from pipeline.core.errors import BadInput
from pipeline.core.message.vocabulary import check_mjml

POSITION = re.compile(r"position (\d+):\d+")
CHARSET = '<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">'


def to_html(mjml: str, place: str = "letter") -> str:
    """Compile the rendered template `place`. BadInput names it and the line of the rendered MJML."""
    for finding in check_mjml(mjml):
        raise BadInput(f"{finding.message} Found: {finding.quote}", place=place, line=finding.line)
    try:
        html = str(mjml2html(mjml, fonts={}, social_icon_origin=None))
    except ValueError as error:
        line = _line(mjml, str(error))
        raise BadInput(f"MJML cannot read this: {error}.", place=place, line=line) from error
    return inlined(html)


def inlined(html: str) -> str:
    """A compiled page with its styles written into its tags, and the character set first."""
    return _charset_first(_inliner().inline(html))


@cache
def _inliner() -> css_inline.CSSInliner:
    # At-rules are kept for the clients that know them; nothing is ever fetched.
    return css_inline.CSSInliner(keep_at_rules=True, keep_style_tags=False, load_remote_stylesheets=False)


def _charset_first(html: str) -> str:
    """The character set in its short form, first in `<head>`: HTML wants it within 1024 bytes."""
    return html.replace(CHARSET, "").replace("<head>", '<head><meta charset="utf-8">', 1)


def _line(source: str, error: str) -> int:
    """MRML names a byte range at best; a person wants a line."""
    found = POSITION.search(error)
    return source.encode()[: int(found.group(1))].count(b"\n") + 1 if found else 1
