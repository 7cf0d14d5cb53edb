"""`/privacy/`: who we are, what we keep, one's rights with the form to use them, and every notice in force."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.gateways import clock
from pipeline.web.public.notices import about_opens, in_force
from pipeline.web.public.page import TRAP, PublicPage, form_token


class Privacy(PublicPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        now = clock.now()
        notices, opens = in_force(now), about_opens(now)
        context = {"notices": notices, "opens": opens, "form_token": form_token(), "trap": TRAP}
        return render(request, "public/privacy.html", context)
