"""`/`: what this is, and the lists that one can join."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.gateways import clock
from pipeline.web.public.notices import in_force
from pipeline.web.public.page import PublicPage


class Landing(PublicPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        lists = [shown.notice for shown in in_force(clock.now())]
        return render(request, "public/landing.html", {"lists": lists})
