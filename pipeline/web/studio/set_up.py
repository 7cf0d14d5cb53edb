"""`/studio/sign-in/set-up/`: all that a member without a second factor sees of the studio after the password (S-13)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from pipeline.actions.make_recovery_codes import make_recovery_codes
from pipeline.actions.record_audit import record
from pipeline.actions.set_up_app import Proposal, proposal_of, propose_app, set_up_app
from pipeline.actions.set_up_passkey import propose_passkey, set_up_passkey
from pipeline.core.accounts.member import Who
from pipeline.core.accounts.second_factor import Proof
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import Event
from pipeline.gateways import clock, passkeys
from pipeline.web.member_session import let_in, waiting, who_is
from pipeline.web.studio import attempts
from pipeline.web.studio.page import SIGN_IN, show, tried
from pipeline.web.studio.qr_code import qr_code
from pipeline.web.studio.sign_in import HOME, SET_UP, next_step

NEW_CHALLENGE = "new_passkey"  # in the session: what the browser was asked, taken out when it answers


@method_decorator(sensitive_post_parameters("code", "credential", "proposal"), name="dispatch")
class SetUpPage(View):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = waiting(request)
        if user is None:
            return HttpResponseRedirect(SIGN_IN)
        if next_step(user) != SET_UP:  # who has a factor proves it: nobody adds one on the password alone
            return HttpResponseRedirect(next_step(user))
        self.user = user
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request, self.user)

    def post(self, request: HttpRequest) -> HttpResponse:
        who = who_is(self.user)
        attempt = attempts.with_second_factor(request, who.id)
        if attempt is None:
            return _page(request, self.user, attempts.TOO_MANY, 429)
        error, status = tried(lambda: add_from_form(request, who))
        if error:
            return _page(request, self.user, error, status)
        attempt.succeeded()
        proof = Proof.PASSKEY if request.POST.get("credential") else Proof.TOTP
        then = let_in(request, self.user, proof)
        record(Event.SIGNED_IN, member=who.name, detail={"proof": proof.value})
        codes = make_recovery_codes(who, clock.machine())
        return show(request, "recovery_codes.html", codes=codes, then=then or HOME)


def add_from_form(request: HttpRequest, who: Who) -> None:
    """Add the app or the passkey that a form brings. Raises BadInput or Refused."""
    now = clock.machine()
    challenge = request.session.pop(NEW_CHALLENGE, None)
    if answer := request.POST.get("credential", ""):
        if not challenge:
            raise BadInput("This page was open for too long. Load it again, and try once more.")
        set_up_passkey(who, challenge, answer, request.POST.get("called", ""), now)
    else:
        set_up_app(who, request.POST.get("proposal", "")[:1000], request.POST.get("code", "")[:100], now)


def new_passkey_question(request: HttpRequest, who: Who) -> str:
    """What the browser is asked for, as JSON; empty where browsers would not do it."""
    if not passkeys.possible():
        return ""
    question, challenge = propose_passkey(who)
    request.session[NEW_CHALLENGE] = dict(challenge)
    return question


def proposal_for(request: HttpRequest, who: Who) -> Proposal:
    """The one that came with the form, so that a mistyped code needs no second scan; otherwise a new one."""
    try:
        return proposal_of(who, request.POST["proposal"][:1000])
    except (KeyError, BadInput):
        return propose_app(who, clock.machine())


def _page(request: HttpRequest, user: User, error: str = "", status: int = 200) -> HttpResponse:
    who = who_is(user)
    proposal = proposal_for(request, who)
    return show(
        request,
        "set_up.html",
        status,
        error=error,
        member=who.name,
        proposal=proposal,
        qr=qr_code(proposal.address),
        question=new_passkey_question(request, who),
        called=request.POST.get("called", "")[:100],
    )
