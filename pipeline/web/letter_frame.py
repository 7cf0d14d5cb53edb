"""A letter's HTML as a document of its own, for a frame that lets it do nothing but be read (S-03, S-21)."""

from __future__ import annotations

import re

from django.http import HttpResponse

# Letters style themselves inline. Scripts, forms, plugins and pictures from elsewhere have no way in.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)
# What a mailbox lets a reader do: press a link, which opens in a window of its own.
LINKS_OPEN = "allow-popups allow-popups-to-escape-sandbox"

_DARK_QUERY = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
_LIGHT_QUERY = re.compile(r"\(\s*prefers-color-scheme\s*:\s*light\s*\)")
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
ALWAYS, NEVER = "(min-width: 0px)", "(max-width: 0px)"


def letter_frame(html: str, *, links_open: bool = False) -> HttpResponse:
    """The answer for the frame's own address. `links_open`: a link opens a new window, outside the sandbox."""
    policy = f"{POLICY} {LINKS_OPEN}" if links_open else POLICY
    body = _HEAD.sub(lambda found: f'{found[0]}<base target="_blank">', html, count=1) if links_open else html
    return HttpResponse(
        body,
        headers={
            "Content-Security-Policy": policy,
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex, nofollow",
        },
    )


def in_colours(html: str, colours: str) -> str:
    """The letter as a client in `light` or `dark` shows it, whatever this browser prefers."""
    dark, light = (ALWAYS, NEVER) if colours == "dark" else (NEVER, ALWAYS)
    return _LIGHT_QUERY.sub(light, _DARK_QUERY.sub(dark, html))
