"""`/studio/`: what needs a person, what is going out, and the series there are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.look_at_studio import look_at_studio
from pipeline.web.studio.numbers import bar
from pipeline.web.studio.page import StudioPage, show


class OverviewPage(StudioPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return show(request, "overview.html", overview=look_at_studio(self.now), bar=bar)
