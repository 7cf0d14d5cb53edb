"""`/privacy/`: who we are, what we keep, one's rights, and every notice in force."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.gateways import clock
from pipeline.store import consent
from pipeline.web.public.notices import readable
from pipeline.web.public.page import PublicPage


class Privacy(PublicPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        notices = [readable(notice) for notice in consent.current_notices(clock.now().date())]
        return render(request, "public/privacy.html", {"notices": notices})
