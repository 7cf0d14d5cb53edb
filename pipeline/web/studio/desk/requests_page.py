"""`/studio/requests/`: what people ask of us, the most pressing first; and the form for somebody we do not know."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.list_requests import list_requests
from pipeline.core.home_zone import HOME_ZONE
from pipeline.core.people.powers import Power
from pipeline.store.rights import StoredRequest
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.desk.say_page import enter
from pipeline.web.studio.page import StudioPage, done, show, tried

CLOSED = 20  # of the last ones


class RequestsPage(StudioPage):
    needs = Power.SEE_SUBSCRIBER

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Enter a request of somebody whom we do not know yet."""
        made: list[StoredRequest] = []
        error, status = tried(lambda: made.append(enter(request, self, None)))
        if error:
            return self._page(request, error, status)
        return done(
            request, f"/studio/requests/{made[0].uid}/", "Recorded. Find out whose it is, and answer it."
        )

    def _page(self, request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
        listed = list_requests(self.now, closed=CLOSED)
        return show(
            request,
            "desk/requests.html",
            status,
            desk=desk,
            waiting=[one for one in listed if one.pressing],
            ended=[one for one in listed if not one.pressing],
            today=self.now.astimezone(HOME_ZONE).date(),
            typed={name: request.POST.get(name, "") for name in ("kind", "channel", "received", "words")},
            error=error,
        )
