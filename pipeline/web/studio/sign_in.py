"""`/studio/sign-in/`: a name and a password. One answer for every failure, and a limit on how many (S-05, S-13)."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from pipeline.actions.record_audit import record
from pipeline.core.people.audit import Event
from pipeline.web.client import client_ip
from pipeline.web.studio import attempts
from pipeline.web.studio.page import SIGN_IN, show

HOME = "/studio/"
FOR_MEMBERS = (HOME, "/inbox/")
SESSION_SECONDS = 8 * 60 * 60  # a working day, however busy
WRONG = "The name or the password is not right. Check both and try again."
TOO_MANY = "That was wrong too often. Wait five minutes, then try again."


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
@method_decorator(never_cache, name="dispatch")
class SignInPage(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return HttpResponseRedirect(_next(request))
        return _form(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        name = request.POST.get("name", "").strip()[:150]
        keys = (f"client {client_ip(request)}", f"name {name.casefold()}")
        if attempts.too_many(*keys):
            return _form(request, name, TOO_MANY, 429)
        user = authenticate(request, username=name, password=request.POST.get("password", "")[:1000])
        if user is None:
            attempts.failed(*keys)
            return _form(request, name, WRONG, 400)
        attempts.forget(keys[1])
        login(request, user)
        request.session.set_expiry(SESSION_SECONDS)
        return HttpResponseRedirect(_next(request))


class SignOut(View):
    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            record(Event.SIGNED_OUT, member=str(request.user.get_username()))
        logout(request)
        return HttpResponseRedirect(SIGN_IN)


def _form(request: HttpRequest, name: str = "", error: str = "", status: int = 200) -> HttpResponse:
    return show(request, "sign_in.html", status, name=name, error=error, next=_next(request))


def _next(request: HttpRequest) -> str:
    """Where to go on to: a page for members of this site and nowhere else."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(FOR_MEMBERS)
    return wanted if ours else HOME
