"""`/p/<token>`: the lists one is on, since when, and a button to stop each or all (U-18, S-02)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.change_preferences import PreferencePage, change_preferences, look_at_preferences
from pipeline.gateways import clock
from pipeline.web.public.page import PublicPage, shown


class PreferencesPage(PublicPage):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, look_at_preferences(token, clock.now()), stopped="")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        stop = request.POST.get("stop", "")
        return _page(request, change_preferences(token, stop, clock.now()), stopped=stop)


def _page(request: HttpRequest, page: PreferencePage, *, stopped: str) -> HttpResponse:
    titles = {s.purpose: s.title for s in page.subscriptions}
    context = {
        "preview": page.preview,
        "stale": page.stale,
        "address": shown(page.address),
        "on": [s for s in page.subscriptions if s.status.permits],
        "stopped": titles.get(stopped, "everything" if stopped == "everything" else ""),
    }
    return render(request, "public/preferences.html", context)
