"""`/n/<token>`: "this was not me". GET asks, POST refuses and keeps the address from being asked again (D-06)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.confirm import ConfirmationPage, look_at_confirmation
from pipeline.actions.refuse_confirmation import refuse_confirmation
from pipeline.core.consent.tokens import Audience
from pipeline.gateways import clock
from pipeline.web.public.page import PublicPage, shown


class NotMePage(PublicPage):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, look_at_confirmation(token, clock.now(), Audience.NOT_ME))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, refuse_confirmation(token, clock.now()))


def _page(request: HttpRequest, page: ConfirmationPage) -> HttpResponse:
    context = {
        "refused": page.state == "refused",
        "address": shown(page.address),
        "titles": [notice.title for notice in page.notices],
    }
    return render(request, "public/not_me.html", context)
