"""`/studio/stop/` and `/studio/start/`: everything stopped, and started again. By POST alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.start_sending import start_sending
from pipeline.actions.stop_sending import stop_sending
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.studio.overview import overview_page
from pipeline.web.studio.page import StudioPage, done, tried


class StopSending(StudioPage):
    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it
    needs = Power.STOP_SENDING
    event = Event.SENDING_STOPPED

    def post(self, request: HttpRequest) -> HttpResponse:
        reason = request.POST.get("reason", "")
        error, status = tried(lambda: stop_sending(reason, self.member, self.now))
        if error:
            return overview_page(request, self.now, error, status)
        return done(request, "/studio/", "Everything is stopped. What was on the wire arrives.")


class StartSending(StudioPage):
    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it
    needs = Power.STOP_SENDING
    event = Event.SENDING_STARTED

    def post(self, request: HttpRequest) -> HttpResponse:
        error, status = tried(lambda: start_sending(self.member, self.now))
        if error:
            return overview_page(request, self.now, error, status)
        return done(
            request, "/studio/", "Mail leaves again. It goes on where it was; nobody gets an issue twice."
        )
