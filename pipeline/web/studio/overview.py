"""`/studio/`: what needs a person, what is going out, and the series there are."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse

from pipeline.actions.look_at_sending import look_at_sending
from pipeline.actions.look_at_studio import look_at_studio
from pipeline.web.studio.numbers import bar
from pipeline.web.studio.page import StudioPage, show


class OverviewPage(StudioPage):
    needs = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return overview_page(request, self.now)


def overview_page(request: HttpRequest, now: datetime, error: str = "", status: int = 200) -> HttpResponse:
    """The page, with the sentence of what went wrong if something did."""
    return show(
        request,
        "overview.html",
        status,
        overview=look_at_studio(now),
        sending=look_at_sending(),
        bar=bar,
        reason=request.POST.get("reason", ""),
        error=error,
    )
