"""`/studio/campaigns/<name>/`: a campaign going out, with counts that add up; and the buttons that steer it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from pipeline.actions.find_campaign import find_campaign
from pipeline.actions.look_at_studio import CampaignView, look_at_campaign
from pipeline.actions.pause_campaign import pause_campaign
from pipeline.actions.resume_campaign import resume_campaign
from pipeline.core.delivery.campaign import Mailing
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.studio import numbers
from pipeline.web.studio.page import StudioPage, done, show, tried

PAUSED = "Paused. What was on the wire arrives; nothing else leaves."
RESUMED = "Resumed. It goes on where it was; nobody gets an issue twice."


class CampaignPage(StudioPage):
    needs = None

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        return campaign_page(request, name)


class CampaignCounts(StudioPage):
    """`.../live/`: the counts alone, which the page fetches every two seconds while something moves."""

    needs = None

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        return show(request, "campaign_live.html", **_context(name))


class SteerCampaign(StudioPage):
    """`.../pause/` and `.../resume/`, by POST alone."""

    needs = Power.SEND
    event = Event.CAMPAIGN_STEERED
    subject = "campaign:{name}"
    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest, name: str, verb: str) -> HttpResponse:
        acts = {
            "pause": (pause_campaign, Event.CAMPAIGN_PAUSED, PAUSED),
            "resume": (resume_campaign, Event.CAMPAIGN_RESUMED, RESUMED),
        }
        if verb not in acts:
            raise Http404
        act, self.event, sentence = acts[verb]
        error, status = tried(lambda: act(name, self.now))
        if error:
            return campaign_page(request, name, error, status)
        return done(request, f"/studio/campaigns/{name}/", sentence)


def campaign_page(request: HttpRequest, name: str, error: str = "", status: int = 200) -> HttpResponse:
    """The page, with the sentence of what went wrong if something did."""
    return show(request, "campaign.html", status, error=error, **_context(name))


def _context(name: str) -> dict[str, Any]:
    view = look_at_campaign(find_campaign(name))
    current = view.current
    return {
        "view": view,
        "campaign": view.campaign,
        "clock": view.campaign.cadence.zone or view.campaign.home_zone,
        "current": current,
        "bar": numbers.bar,
        "row": numbers.row,
        "total": numbers.total(view.mailings),
        "moving": view.open and numbers.moving(view.mailings),
        "key": _key(view),
        "summary": _summary(current),
    }


def _key(view: CampaignView) -> str:
    """Changes when the page around the counts must change too: its buttons and its warnings."""
    late = "-".join(str(m.number) for m in view.held_late)
    told = "-".join(alert.kind for alert in view.alerts)
    return f"{view.campaign.state.value} {late} {told}".strip()


def _summary(mailing: Mailing | None) -> str:
    """What is read aloud now and then while an issue goes out."""
    if mailing is None:
        return "No issue has gone out yet."
    progress = mailing.progress
    said = f"{progress.accepted} of {progress.audience} accepted, {progress.on_the_way} on the way"
    return f"Issue {mailing.number}: {said}."
