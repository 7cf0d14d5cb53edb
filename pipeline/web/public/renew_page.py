"""`/renew/<token>`: GET shows what changed and the notice, POST says yes again (C-09, C-10)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.renew import RenewalPage, look_at_renewal, renew
from pipeline.gateways import clock
from pipeline.web.public.notices import readable
from pipeline.web.public.page import TRAP, PublicPage, form_token, looks_automatic, shown


class RenewPage(PublicPage):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, look_at_renewal(token, clock.now()))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, renew(token, clock.now(), suspect_automation=looks_automatic(request.POST)))


def _page(request: HttpRequest, page: RenewalPage) -> HttpResponse:
    context = {
        "page": page,
        "address": shown(page.address),
        "notice": readable(page.notice) if page.notice else None,
        "before": readable(page.before) if page.before else None,
        "leave_path": f"/u/{page.leave}",
        "form_token": form_token(),
        "trap": TRAP,
    }
    return render(request, "public/renew.html", context, status=400 if page.doubted else 200)
