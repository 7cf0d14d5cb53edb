"""`/studio/sign-in/second-step/`: after the password, a code of the app, a passkey, or a recovery code (S-13)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from pipeline.actions.prove_second_factor import ask_passkey, prove_by_code, prove_by_passkey
from pipeline.actions.record_audit import record
from pipeline.core.accounts.second_factor import Proof
from pipeline.core.people.audit import Event
from pipeline.gateways import clock
from pipeline.store import second_factors
from pipeline.web.member_session import let_in, waiting, who_is
from pipeline.web.problem import Problem
from pipeline.web.studio import attempts
from pipeline.web.studio.page import SIGN_IN, show
from pipeline.web.studio.sign_in import HOME, SECOND_STEP, next_step

CHALLENGE = "passkey"  # in the session: what the browser was asked, taken out when it answers
WRONG = "That did not fit, or was used before. Take the newest code, and type it without haste."


@method_decorator(sensitive_post_parameters("code", "credential"), name="dispatch")
class SecondStepPage(View):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = waiting(request)
        if user is None:
            return HttpResponseRedirect(SIGN_IN)
        if next_step(user) != SECOND_STEP:
            return HttpResponseRedirect(next_step(user))
        self.user = user
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request, self.user)

    def post(self, request: HttpRequest) -> HttpResponse:
        name = str(self.user.get_username())
        attempt = attempts.with_factor_of(request, self.user.pk)
        if attempt is None:
            if attempts.is_news(request):
                record(
                    Event.SIGN_IN_FAILED, member=name, outcome="too_often", detail={"step": "second factor"}
                )
            return _page(request, self.user, attempts.TOO_MANY, 429)
        proof = proof_in(request, self.user)
        if proof is None:
            if attempt.counted or attempts.is_news(request):
                record(Event.SIGN_IN_FAILED, member=name, outcome="refused", detail={"step": "second factor"})
            return _page(
                request, self.user, Problem(WRONG, "" if request.POST.get("credential") else "code"), 400
            )
        attempt.succeeded()
        then = let_in(request, self.user, proof)
        record(Event.SIGNED_IN, member=name, detail={"proof": proof.value})
        if proof is Proof.RECOVERY_CODE:
            left = second_factors.codes_left(self.user.pk)
            messages.success(
                request, f"That recovery code is used up. {left} are left; your account can make new ones."
            )
        return HttpResponseRedirect(then or HOME)


def proof_in(request: HttpRequest, user: User) -> Proof | None:
    """What the form brings, if it is good. A passkey answers a challenge once, whatever comes of it."""
    challenge = request.session.pop(CHALLENGE, None)
    answer = request.POST.get("credential", "")
    if answer:
        good = challenge and prove_by_passkey(who_is(user), challenge, answer, clock.machine())
        return good or None
    return prove_by_code(who_is(user), request.POST.get("code", "")[:100], clock.machine())


def passkey_question(request: HttpRequest, user: User) -> str:
    """What the browser is asked for, as JSON; empty for a member without a passkey."""
    asked = ask_passkey(who_is(user))
    if asked is None:
        return ""
    request.session[CHALLENGE] = dict(asked[1])
    return asked[0]


def _page(request: HttpRequest, user: User, error: str = "", status: int = 200) -> HttpResponse:
    return show(
        request,
        "second_step.html",
        status,
        error=error,
        question=passkey_question(request, user),
        has_app=second_factors.totp_of(user.pk) is not None,
    )
