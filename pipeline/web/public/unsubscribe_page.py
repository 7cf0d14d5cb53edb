"""`/u/<token>`: GET asks a person, POST leaves, whoever sends it (RFC 8058; U-05 to U-14, U-21, U-23).

A mailbox provider's POST and the page's own button arrive at the same path and are told apart by the body alone: the
button sends `leave=page`. All else is taken as a one-click request, with whatever content type and body, since the
token in the path is the whole authority. It needs no cookie, no origin and no field, and answers 200, never a redirect.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.unsubscribe import (
    UnsubscribePage,
    look_at_unsubscribe,
    undo_unsubscribe,
    unsubscribe,
)
from pipeline.core.consent.entry import Method
from pipeline.gateways import clock
from pipeline.web.public.kept_goodbyes import apply_soon
from pipeline.web.public.page import TRAP, PublicPage, form_token, looks_automatic, shown

MOST_OF_A_BODY = 4096  # octets read; the page's own form has a tenth of it


class LeavePage(PublicPage):
    answers_machines = True

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        page = look_at_unsubscribe(token)
        return _page(request, token, page, "ask" if page.subscribed or page.ran_out else "already")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        fields = _fields(request)
        if fields.get("leave") != "page":
            kept = unsubscribe(token, Method.ONE_CLICK_POST, clock.now()).kept
            if kept:
                apply_soon()
            return HttpResponse(
                "Your unsubscribe is kept and takes effect in a moment.\n"
                if kept
                else "You are unsubscribed.\n",
                status=202 if kept else 200,
                content_type="text/plain; charset=utf-8",
            )
        page = unsubscribe(
            token, Method.UNSUBSCRIBE_PAGE, clock.now(), suspect_automation=looks_automatic(fields)
        )
        if page.kept:
            apply_soon()
        return _page(request, token, page, "kept" if page.kept else "left")


class UndoPage(PublicPage):
    """`/u/<token>/undo`: a fresh yes, from the page that confirmed the goodbye and from nowhere else (S-02)."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return LeavePage().get(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        page = undo_unsubscribe(token, _fields(request).get("undo", ""), clock.now())
        return _page(request, token, page, "back" if page.subscribed else "ask")


def _fields(request: HttpRequest) -> dict[str, str]:
    """The first value of each field of a urlencoded body. Anything else has none: it is not our button."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    body = request.read(MOST_OF_A_BODY).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(body, max_num_fields=None).items()}


def _page(request: HttpRequest, token: str, page: UnsubscribePage, step: str) -> HttpResponse:
    context = {
        "step": "preview" if page.preview else step,
        "title": page.title,
        "address": shown(page.address),
        "leave_path": f"/u/{token}",
        "undo": page.undo,
        "ran_out": page.ran_out,
        "form_token": form_token(),
        "trap": TRAP,
    }
    return render(request, "public/unsubscribe.html", context, status=202 if page.kept else 200)
