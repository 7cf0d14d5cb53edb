"""`/a/<token>` confirms a new address, `/w/<token>` takes a change back: GET asks, POST does it (C-20)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.change_address import (
    AddressPage,
    confirm_new_address,
    look_at_new_address,
    look_at_undo,
    undo_new_address,
)
from pipeline.gateways import clock
from pipeline.web.public.page import PublicPage, form_refusal, form_token, shown

STATUS = {"ask": 200, "done": 200, "over": 410, "refused": 409}


class NewAddressPage(PublicPage):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, look_at_new_address(token, clock.now()), "confirm")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        now, refusal = clock.now(), form_refusal(request.POST)
        page = look_at_new_address(token, now) if refusal else confirm_new_address(token, now)
        return _page(request, page, "confirm", refusal)


class UndoAddressPage(PublicPage):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, look_at_undo(token, clock.now()), "undo")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        now, refusal = clock.now(), form_refusal(request.POST)
        page = look_at_undo(token, now) if refusal else undo_new_address(token, now)
        return _page(request, page, "undo", refusal)


def _page(request: HttpRequest, page: AddressPage, what: str, refusal: str = "") -> HttpResponse:
    again = refusal if page.state == "ask" else ""
    context = {
        "state": page.state,
        "what": what,
        "address": shown(page.address),
        "error": again,
        "form_token": form_token(),
    }
    return render(request, "public/address.html", context, status=400 if again else STATUS[page.state])
