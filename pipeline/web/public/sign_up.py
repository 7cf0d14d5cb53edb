"""`/signup/`: a box for each list, none of them ticked, and one answer for every address (C-02, D-07)."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.core.consent.tokens import FormCheck, check_form_token
from pipeline.core.errors import BadInput
from pipeline.gateways import clock
from pipeline.gateways.keys import keyring
from pipeline.settings import current
from pipeline.web.client import client_ip
from pipeline.web.public.notices import in_force
from pipeline.web.public.page import TRAP, PublicPage, form_token

FORM_VERSION = "signup-1"  # kept as evidence: raise it when the form changes (C-53)
PLACEMENT = "signup-page"
ANSWER_TAKES = 0.15  # seconds at least, so that the time does not tell what an address is to us (D-07)

TRY_AGAIN = {
    FormCheck.TOO_SOON: "That was very quick. Please check what you typed and press the button again.",
    FormCheck.TOO_OLD: "This page had been open for a long time. Please press the button again.",
    FormCheck.FORGED: "We could not tell that this form came from our page. Please press the button again.",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed and ticked, to show it again beside what is wrong. `error_in` names the field."""

    address: str = ""
    ticked: tuple[str, ...] = ()
    error: str = ""
    error_in: str = ""
    token: str = ""


class SignUpPage(PublicPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return _form(request, Typed())

    def post(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        fields = request.POST
        typed = Typed(
            address=fields.get("address", "")[:320],
            ticked=tuple(fields.getlist("purpose")[:20]),
            token=fields.get("form", "")[:100],
        )
        if fields.get(TRAP):
            return _sent(started)  # a robot learns nothing
        check = check_form_token(typed.token, clock.now(), keyring())
        if check is not FormCheck.GOOD:
            return _again(request, typed, TRY_AGAIN[check], "form", keep=check is FormCheck.TOO_SOON)
        if not typed.ticked:
            return _again(request, typed, "Tick the box of each list that you would like.", "purpose")
        try:
            subscribe(_sign_up(request, typed), clock.now())
        except BadInput as error:
            return _again(request, typed, str(error), "address")
        return _sent(started)


class SentPage(PublicPage):
    """`/signup/sent/`: the answer to every sign-up."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "public/sent.html")


def _sign_up(request: HttpRequest, typed: Typed) -> SignUp:
    return SignUp(
        address=typed.address,
        purposes=typed.ticked,
        placement=PLACEMENT,
        page_url=f"{current().base_url}/signup/",
        form_version=FORM_VERSION,
        client_ip=client_ip(request),
        user_agent=request.headers.get("User-Agent", "")[:500],
    )


def _form(request: HttpRequest, typed: Typed, status: int = 200) -> HttpResponse:
    notices = in_force(clock.now())
    context = {"notices": notices, "typed": typed, "form_token": typed.token or form_token(), "trap": TRAP}
    return render(request, "public/sign_up.html", context, status=status)


def _again(request: HttpRequest, typed: Typed, error: str, where: str, *, keep: bool = True) -> HttpResponse:
    """The form once more with a sentence. `keep` leaves the time stamp, so that a person's wait counts."""
    token = typed.token if keep else ""
    return _form(request, Typed(typed.address, typed.ticked, error, where, token), status=400)


def _sent(started: float) -> HttpResponse:
    time.sleep(max(0.0, ANSWER_TAKES - (time.monotonic() - started)))
    response = HttpResponseRedirect("/signup/sent/")
    response.status_code = 303
    return response
