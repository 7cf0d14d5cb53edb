"""`/c/<token>`: GET shows what was asked for and its notice, POST says yes (D-03)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.confirm import ConfirmationPage, confirm, look_at_confirmation
from pipeline.gateways import clock
from pipeline.web.public.notices import readable
from pipeline.web.public.page import TRAP, PublicPage, form_token, looks_automatic, shown


class ConfirmPage(PublicPage):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, look_at_confirmation(token, clock.now()), just_now=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        page = confirm(token, clock.now(), suspect_automation=looks_automatic(request.POST))
        return _page(request, page, just_now=page.state == "confirmed")


def _page(request: HttpRequest, page: ConfirmationPage, *, just_now: bool) -> HttpResponse:
    context = {
        "state": page.state,
        "just_now": just_now,
        "address": shown(page.address),
        "notices": [readable(notice) for notice in page.notices],
        "form_token": form_token(),
        "doubted": page.doubted,
        "trap": TRAP,
    }
    return render(request, "public/confirm.html", context, status=400 if page.doubted else 200)
