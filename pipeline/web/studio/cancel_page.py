"""`/studio/campaigns/<name>/cancel/`: GET says what cancelling does, POST does it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.cancel_campaign import cancel_campaign
from pipeline.actions.find_campaign import find_campaign
from pipeline.actions.look_at_studio import look_at_campaign
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.studio import numbers
from pipeline.web.studio.campaign_page import campaign_page
from pipeline.web.studio.page import StudioPage, done, show, tried


class CancelPage(StudioPage):
    needs = Power.SEND
    event = Event.CAMPAIGN_CANCELLED
    subject = "campaign:{name}"

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        view = look_at_campaign(find_campaign(name))
        return show(request, "cancel.html", view=view, total=numbers.total(view.mailings))

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        ended: list[tuple[int, int]] = []
        error, status = tried(lambda: ended.append(cancel_campaign(name)))
        if error:
            return campaign_page(request, name, error, status)
        accepted, cancelled = ended[0]
        return done(
            request,
            f"/studio/campaigns/{name}/",
            f"Cancelled. {accepted} emails had been handed over already; {cancelled} that waited will not be sent.",
        )
