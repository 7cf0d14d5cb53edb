"""An issue on the web, as it was sent (`/read/<code>/<number>`)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.read_issue import read_issue
from pipeline.web.public.page import PublicPage

# A letter carries its styles with it; it has no script, and its pictures are ours.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class ReadPage(PublicPage):
    """The letter itself is the page."""

    def get(self, request: HttpRequest, code: str, number: str) -> HttpResponse:
        return HttpResponse(read_issue(code, int(number)), headers={"Content-Security-Policy": LETTER_POLICY})
