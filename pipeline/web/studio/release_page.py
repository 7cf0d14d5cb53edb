"""`/studio/campaigns/<name>/release/<number>/`: an issue that missed its moment. Now, or at the next slot (G12)?"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from pipeline.actions.find_campaign import find_campaign
from pipeline.actions.look_at_studio import look_at_campaign
from pipeline.actions.release_mailing import release_mailing
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.studio.page import StudioPage, done, show, tried

CHOICES = {
    "now": "Issue {number} goes out at once.",
    "next": "Issue {number}, and those after it, moved to the coming slots.",
}


class ReleasePage(StudioPage):
    needs = Power.SEND
    event = Event.MAILING_RELEASED
    subject = "campaign:{name}/{number}"

    def get(self, request: HttpRequest, name: str, number: int) -> HttpResponse:
        return self._page(request, name, number)

    def post(self, request: HttpRequest, name: str, number: int) -> HttpResponse:
        choice = request.POST.get("when", "")
        if choice not in CHOICES:
            return self._page(request, name, number, "Choose when to send it.", 400)
        error, status = tried(lambda: release_mailing(name, number, self.now, at_once=choice == "now"))
        if error:
            return self._page(request, name, number, error, status)
        return done(request, f"/studio/campaigns/{name}/", CHOICES[choice].format(number=number))

    def _page(
        self, request: HttpRequest, name: str, number: int, error: str = "", status: int = 200
    ) -> HttpResponse:
        view = look_at_campaign(find_campaign(name))
        mailing = next((m for m in view.mailings if m.number == number), None)
        if mailing is None:
            raise Http404
        clock_zone = view.campaign.cadence.zone or view.campaign.home_zone
        return show(
            request, "release.html", status, view=view, mailing=mailing, clock=clock_zone, error=error
        )
