"""`/studio/sign-in/`: a name and a password. One answer for every failure, and a limit on how many (S-05, S-13)."""

from __future__ import annotations

from django.contrib.auth import authenticate, logout
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from pipeline.actions.record_audit import record
from pipeline.actions.sign_in_by_passkey import ask_any_passkey
from pipeline.core.accounts.second_factor import Proof
from pipeline.core.people.audit import Event
from pipeline.gateways import clock
from pipeline.settings import current
from pipeline.store import members, second_factors
from pipeline.web.member_session import let_in, wait_for_second_factor, waiting
from pipeline.web.studio import attempts
from pipeline.web.studio.page import SIGN_IN, show

HOME = "/studio/"
SECOND_STEP, SET_UP = f"{SIGN_IN}second-step/", f"{SIGN_IN}set-up/"
FOR_MEMBERS = (HOME, "/inbox/")
WRONG = "The name or the password is not right. Check both and try again."
TOO_MANY = (
    "There were too many wrong tries, which may have been a stranger's. Wait five minutes; or use a browser that you"
    " have signed in with before, or a passkey."
)


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
@method_decorator(never_cache, name="dispatch")
class SignInPage(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return HttpResponseRedirect(next_page(request))
        if (user := waiting(request)) is not None:
            return HttpResponseRedirect(next_step(user))
        return sign_in_page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        name = request.POST.get("name", "").strip()[:150]
        known = members.by_name(name)  # whoever types a password here must not find it in the log
        whose = known.name if known else ""
        attempt = attempts.with_password(request, name, known.id if known else None)
        if attempt is None:
            if attempts.is_news(request):
                record(Event.SIGN_IN_FAILED, member=whose, outcome="too_often", detail={"step": "password"})
            return sign_in_page(request, name, TOO_MANY, 429)
        # For a name that nobody has, Django hashes the password too, so that the time says nothing.
        user = authenticate(request, username=name, password=request.POST.get("password", "")[:1000])
        if user is None:
            record(Event.SIGN_IN_FAILED, member=whose, outcome="refused", detail={"step": "password"})
            return sign_in_page(request, name, WRONG, 400)
        attempt.succeeded()
        return first_step_done(request, user)


class SignOut(View):
    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            record(Event.SIGNED_OUT, member=str(request.user.get_username()))
        logout(request)
        return HttpResponseRedirect(SIGN_IN)


def first_step_done(request: HttpRequest, user: User, then: str = "") -> HttpResponse:
    """On to the second factor; or in, where none is asked for."""
    wanted = then or next_page(request)
    if current().second_factor:
        wait_for_second_factor(request, user, wanted)
        return HttpResponseRedirect(next_step(user))
    let_in(request, user, Proof.OFF)
    record(Event.SIGNED_IN, member=str(user.get_username()), detail={"proof": Proof.OFF.value})
    return HttpResponseRedirect(wanted)


def next_step(user: User) -> str:
    """Where somebody who waits gives their second factor, or gets one."""
    return SECOND_STEP if second_factors.has_any(user.pk) else SET_UP


def sign_in_page(request: HttpRequest, name: str = "", error: str = "", status: int = 200) -> HttpResponse:
    provider = current().identity_provider
    return show(
        request,
        "sign_in.html",
        status,
        name=name,
        error=error,
        next=next_page(request),
        passkey=ask_any_passkey(clock.machine()),
        provider=provider.name if provider else "",
    )


def next_page(request: HttpRequest) -> str:
    """Where to go on to: a page for members of this site and nowhere else."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if is_for_members(wanted) else HOME


def is_for_members(path: str) -> bool:
    return url_has_allowed_host_and_scheme(path, allowed_hosts=None) and path.startswith(FOR_MEMBERS)
