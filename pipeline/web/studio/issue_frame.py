"""`/studio/series/<slug>/<number>/html/`: the letter alone, for the preview's frame."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.preview_issue import preview_issue
from pipeline.web.letter_frame import in_colours, letter_frame
from pipeline.web.studio.page import StudioPage


class IssueFrame(StudioPage):
    needs = None

    def get(self, request: HttpRequest, slug: str, number: int) -> HttpResponse:
        html = preview_issue(slug, number, self.now).html
        return letter_frame(in_colours(html, request.GET.get("colours", "light")))
