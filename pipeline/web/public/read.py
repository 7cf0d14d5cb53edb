"""An issue on the web, as it was sent or as it was put right (`/read/<code>/<number>`), and each version of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.read_issue import read_issue, read_version
from pipeline.web.public.page import PublicPage

# A letter carries its styles with it; it has no script, and its pictures are ours.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class ReadPage(PublicPage):
    """The letter itself is the page."""

    def get(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        return _letter(read_issue(code, int(number)))


class ReadVersionPage(PublicPage):
    """`.../<version>`: what was sent, for whoever wants to compare."""

    def get(self, request: HttpRequest, code: str, number: str, version: str) -> HttpResponse:
        response = _letter(read_version(code, int(number), version))
        response.headers["X-Robots-Tag"] = "noindex"
        return response


def _letter(page: str) -> HttpResponse:
    return HttpResponse(page, headers={"Content-Security-Policy": LETTER_POLICY})
