"""`/privacy/see/`: ask for the link to all that is held, and one answer for every address (C-19, D-07)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from pipeline.actions.ask_access import ask_access
from pipeline.core.errors import BadInput
from pipeline.gateways import clock
from pipeline.web.client import client_ip
from pipeline.web.problem import problem
from pipeline.web.public.page import TRAP, PublicPage, always_as_long, form_refusal, form_token


class AccessForm(PublicPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return _form(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        fields = request.POST
        typed = fields.get("address", "")[:320]
        with always_as_long():
            if not fields.get(TRAP):  # a robot learns nothing
                refusal = form_refusal(fields)
                if refusal:
                    return _form(request, typed, refusal)
                try:
                    ask_access(typed, client_ip(request), clock.now())
                except BadInput as error:
                    return _form(request, typed, problem(error))
        return HttpResponseRedirect("/privacy/see/sent/", status=303)


class AccessSent(PublicPage):
    """`/privacy/see/sent/`: the answer to everybody."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "public/access_sent.html")


def _form(request: HttpRequest, typed: str = "", error: str = "") -> HttpResponse:
    context = {"typed": typed, "error": error, "form_token": form_token(), "trap": TRAP}
    return render(request, "public/access.html", context, status=400 if error else 200)
