"""`/u/<token>`: GET asks a person, POST leaves, whoever sends it (RFC 8058; U-05 to U-14, U-21, U-23).

A mailbox provider's POST and the page's own button arrive at the same path and are told apart by the body alone: the
button sends `leave=page`. All else is taken as a one-click request, with whatever content type and body, since the
token in the path is the whole authority. It needs no cookie, no origin and no field, and answers 200, never a redirect.

Over a generous limit it answers 429, and the goodbye is on the disk before it does: it takes effect in a moment, and
before anything is sent (S-06). A forged link is 404 before anything is counted or kept.
"""

from __future__ import annotations

import time
from urllib.parse import parse_qs

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.unsubscribe import (
    UnsubscribePage,
    keep_unsubscribe,
    look_at_unsubscribe,
    subscription_named,
    undo_unsubscribe,
    unsubscribe,
)
from pipeline.core.consent.entry import Method
from pipeline.core.consent.limits import network_of
from pipeline.core.errors import Unavailable
from pipeline.gateways import clock
from pipeline.web.client import client_ip
from pipeline.web.public.goodbye_limits import Crowd
from pipeline.web.public.kept_goodbyes import apply_soon
from pipeline.web.public.page import TRAP, PublicPage, form_token, looks_automatic, shown

crowd = Crowd()
log = structlog.get_logger()
KEPT = "Your unsubscribe is kept and takes effect in a moment.\n"
MOST_OF_A_BODY = 4096  # octets read; the page's own form has a tenth of it


class LeavePage(PublicPage):
    answers_machines = True

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        page = look_at_unsubscribe(token)
        return _page(request, token, page, "ask" if page.subscribed or page.ran_out else "already")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        fields = _fields(request)
        by_page = fields.get("leave") == "page"
        wait, page = _leave(request, token, fields if by_page else None)
        if page.kept:
            apply_soon()
        if by_page:
            response = _page(request, token, page, "busy" if wait else "kept" if page.kept else "left")
        else:
            said = KEPT if page.kept else "You are unsubscribed.\n"
            response = HttpResponse(said, content_type="text/plain; charset=utf-8")
        response.status_code = 429 if wait else 202 if page.kept else 200
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response


def _leave(request: HttpRequest, token: str, form: dict[str, str] | None) -> tuple[int, UnsubscribePage]:
    """(0, or in how many seconds there is room again; what came of it). `form`: of the page's own button."""
    how = Method.ONE_CLICK_POST if form is None else Method.UNSUBSCRIBE_PAGE
    suspect = form is not None and looks_automatic(form)
    named, moment = subscription_named(token), time.monotonic()
    wait = crowd.wait(named, network_of(client_ip(request)), moment) if named is not None else 0
    if named is not None and wait:
        try:
            if not crowd.was_just_kept(named, moment):
                keep_unsubscribe(token, how, clock.now(), suspect_automation=suspect)
                crowd.note_kept(named, moment)
            return wait, UnsubscribePage("", "", subscribed=False, kept=True)
        except Unavailable:
            log.error("goodbyes.limited")  # the disk takes nothing: a limit is no reason to lose one
    return 0, unsubscribe(token, how, clock.now(), suspect_automation=suspect)


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
    return render(request, "public/unsubscribe.html", context)
