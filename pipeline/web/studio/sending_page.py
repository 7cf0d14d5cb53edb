"""`/studio/stop/` and `/studio/start/`: everything stopped, and started again, by an admin. By POST alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.start_sending import start_sending
from pipeline.actions.stop_sending import stop_sending
from pipeline.web.studio.overview import overview_page
from pipeline.web.studio.page import StudioPage, done, tried

NOT_AN_ADMIN = (
    "Only an admin stops everything, or starts it again. On the server: rounds sending stop --reason."
)


class StopSending(StudioPage):
    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.admin:
            return overview_page(request, self.now, NOT_AN_ADMIN, 403)
        reason = request.POST.get("reason", "")
        error, status = tried(lambda: stop_sending(reason, self.member, self.now))
        if error:
            return overview_page(request, self.now, error, status)
        return done(request, "/studio/", "Everything is stopped. What was on the wire arrives.")


class StartSending(StudioPage):
    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.admin:
            return overview_page(request, self.now, NOT_AN_ADMIN, 403)
        error, status = tried(lambda: start_sending(self.member, self.now))
        if error:
            return overview_page(request, self.now, error, status)
        return done(
            request, "/studio/", "Mail leaves again. It goes on where it was; nobody gets an issue twice."
        )
