"""A picture of an article (`/images/<sha256>.png`): no condition in its address (C-28), and the same bytes for ever."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.read_picture import picture
from pipeline.web.public.page import PublicPage

ONE_YEAR = 31_536_000  # seconds


class PicturePage(PublicPage):
    """Shown in mail, so that every page may show it."""

    def get(self, request: HttpRequest, digest: str, kind: str) -> HttpResponse:
        data, content_type = picture(digest, kind)
        headers = {
            "Cache-Control": f"public, max-age={ONE_YEAR}, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Robots-Tag": "noindex",
        }
        return HttpResponse(data, content_type=content_type, headers=headers)
