"""Did this POST come from a page of ours? What keeps other sites from pressing our buttons without a cookie (S-07)."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest

from pipeline.settings import current


def came_from_our_page(request: HttpRequest) -> bool:
    """By `Sec-Fetch-Site` where the browser sends it, otherwise by `Origin`. Neither is a no.

    A page with `Referrer-Policy: no-referrer`, as our token pages are, makes browsers send `Origin: null`; and over
    plain http they send no `Sec-Fetch-Site` except to this very machine. So `null` counts where there is no https.
    """
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site:
        return fetch_site == "same-origin"
    origin = request.headers.get("Origin", "")
    if origin == "null":
        return not current().https
    ours = {request.get_host(), urlsplit(current().base_url).netloc}
    return bool(origin) and urlsplit(origin).netloc in ours
