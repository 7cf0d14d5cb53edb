"""`/studio/series/<slug>/`: the issues of a series, who signed it off, and what is in the way of sending it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.look_at_series import look_at_series
from pipeline.actions.plan_series import plan_series
from pipeline.actions.render_series import render_series
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.store import campaigns
from pipeline.web.studio.page import StudioPage, done, show, tried


class SeriesPage(StudioPage):
    needs = None
    needs_to_act = Power.EDIT_SERIES
    event = Event.SERIES_RENDERED
    subject = "series:{slug}"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._page(request, slug)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Read the series file again and render every issue anew."""
        look_at_series(slug, self.now)  # a slug that is not known names no file

        def render_again() -> None:
            plan_series(slug, self.now)
            render_series(slug, self.now)

        error, status = tried(render_again)
        if error:
            return self._page(request, slug, error, status)
        return done(request, f"/studio/series/{slug}/", "Every issue is rendered from the newest words.")

    def _page(self, request: HttpRequest, slug: str, error: str = "", status: int = 200) -> HttpResponse:
        view = look_at_series(slug, self.now)
        sending = campaigns.open_ones(slug, view.plan.purpose)
        return show(request, "series.html", status, view=view, sending=sending, error=error)
