"""`/privacy/complaint/`: complain, whoever one is; acknowledged on the page at once (DPA 2018 s.164A; C-16)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.complain import LONGEST_COMPLAINT, Complaint, complain
from pipeline.core.errors import BadInput
from pipeline.gateways import clock
from pipeline.web.client import client_ip
from pipeline.web.errors import RETRY_AFTER
from pipeline.web.problem import problem
from pipeline.web.public.page import TRAP, PublicPage, always_as_long, form_refusal, form_token

TOO_OFTEN = (
    "Too many complaints came from your network within an hour, so this one was not kept. Send it by email."
)


class ComplaintPage(PublicPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        fields = request.POST
        words = fields.get("words", "")[: 2 * LONGEST_COMPLAINT]
        typed = fields.get("address", "")[:320]
        refusal = "Leave the hidden field empty, and press the button again." if fields.get(TRAP) else ""
        refusal = refusal or form_refusal(fields)
        if refusal:
            return _page(request, words, typed, refusal, status=400)
        with always_as_long():
            try:
                done = complain(words, typed, client_ip(request), clock.now())
            except BadInput as error:
                return _page(request, words, typed, problem(error), status=400)
        if not done.number:
            answer = _page(request, words, typed, TOO_OFTEN, status=429)
            answer.headers["Retry-After"] = RETRY_AFTER
            return answer
        return _page(request, done=done)


def _page(
    request: HttpRequest,
    words: str = "",
    typed: str = "",
    error: str = "",
    *,
    done: Complaint | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "words": words,
        "typed": typed,
        "error": error,
        "done": done,
        "longest": LONGEST_COMPLAINT,
        "form_token": form_token(),
        "trap": TRAP,
    }
    return render(request, "public/complaint.html", context, status=status)
