"""`/you/<token>`: all that is held of one person, and what they may do about it (GDPR 15 to 21; C-17 to C-20, S-02).

The link was mailed to the address on file. GET shows, as often as one likes within a day. Every act is a POST with the
signed time stamp of the page, so that a scanner which opens the link or presses its buttons does nothing.
"""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.ask_new_address import ask_new_address
from pipeline.actions.download_person import download_person
from pipeline.actions.forget_me import forget_me
from pipeline.actions.object_to_marketing import object_to_marketing
from pipeline.actions.open_access import look_at_access
from pipeline.core.consent.evidence import standings
from pipeline.core.consent.notice import paragraphs
from pipeline.core.errors import BadInput
from pipeline.gateways import clock
from pipeline.web.client import client_ip
from pipeline.web.problem import problem
from pipeline.web.public.history_words import (
    barrier_in_words,
    demand_in_words,
    entry_in_words,
    fate_in_words,
    report_in_words,
    why_in_words,
)
from pipeline.web.public.page import PublicPage, always_as_long, form_refusal, form_token, shown

FILE_NAME = "what-we-hold.json"  # no address and no name: it lies in a folder of downloads


class YouPage(PublicPage):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, token)


class Download(PublicPage):
    """`/you/<token>/download`: once."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        refusal = form_refusal(request.POST)
        if refusal:
            return _page(request, token, error=refusal)
        whole = json.dumps(download_person(token, clock.now()), ensure_ascii=False, indent=1)
        return HttpResponse(
            whole,
            content_type="application/json; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"'},
        )


class NewAddress(PublicPage):
    """`/you/<token>/address`: the new address is asked, and nothing changes before it has answered."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        typed = request.POST.get("address", "")[:320]
        refusal = form_refusal(request.POST)
        if refusal:
            return _page(request, token, error=refusal, typed=typed)
        with always_as_long():
            try:
                ask_new_address(token, typed, client_ip(request), clock.now())
            except BadInput as error:
                return _page(request, token, error=problem(error), typed=typed)
        return _page(request, token, done="asked")


class Object(PublicPage):
    """`/you/<token>/object`: every list ends."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _page(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        refusal = form_refusal(request.POST)
        if refusal:
            return _page(request, token, error=refusal)
        object_to_marketing(token, clock.now())
        return _page(request, token, done="objected")


class Forget(PublicPage):
    """`/you/<token>/forget`: a page of its own asks once more, since nothing brings this back."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return _forget(request, token)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        refusal = form_refusal(request.POST)
        if refusal:
            return _forget(request, token, refusal)
        forget_me(token, clock.now())
        return render(request, "public/forget.html", {"state": "done"})


def _forget(request: HttpRequest, token: str, error: str = "") -> HttpResponse:
    found = look_at_access(token, clock.now())
    if found is None:
        return render(request, "public/you_over.html", status=410)
    context = {
        "state": "ask",
        "address": shown(found[1].person.address),
        "here": f"/you/{token}",
        "error": error,
        "form_token": form_token(),
    }
    return render(request, "public/forget.html", context, status=400 if error else 200)


def _page(
    request: HttpRequest, token: str, *, done: str = "", error: str = "", typed: str = ""
) -> HttpResponse:
    now = clock.now()
    found = look_at_access(token, now)
    if found is None:
        return render(request, "public/you_over.html", status=410)
    access, evidence = found
    context = {
        "here": f"/you/{token}",
        "person": evidence.person,
        "downloaded": access.downloaded,
        "lists": [(one, why_in_words(one)) for one in standings(evidence, now) if one.consent.since],
        "notices": [(notice, paragraphs(notice.words)) for notice in evidence.notices],
        "history": [
            (entry.occurred_at, entry_in_words(entry, evidence.titles)) for entry in evidence.entries
        ],
        "letters": [(letter.made_at, letter.title, fate_in_words(letter)) for letter in evidence.letters],
        "reports": [(report.at, report_in_words(report)) for report in evidence.reports],
        "barriers": [(one.since, barrier_in_words(one, evidence.titles, now)) for one in evidence.barriers],
        "demands": [(one.received_at, demand_in_words(one)) for one in evidence.demands],
        "courses": evidence.courses,
        "measuring": evidence.measuring,
        "last_open": evidence.last_open,
        "done": done,
        "error": error,
        "typed": typed,
        "form_token": form_token(),
    }
    return render(request, "public/you.html", context, status=400 if error else 200)
