"""`/studio/sign-in/provider/`: to the organisation's identity provider and back, to sign in or to link the account.

What is remembered meanwhile travels in a sealed cookie of ten minutes, so that a stranger's visit leaves no row here.
The way there is a link and not a form, because a content security policy that lets forms go nowhere else is worth
more. Linking begins with a POST of a member who showed who they are: no other site can start it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from pipeline.actions.ask_identity_provider import (
    begin_at_provider,
    link_with_provider,
    member_at_provider,
    unlink_from_provider,
)
from pipeline.actions.record_audit import record
from pipeline.core.accounts.session import BETWEEN_STEPS
from pipeline.core.errors import RoundsError
from pipeline.core.people.audit import Event
from pipeline.gateways import clock
from pipeline.gateways.identity_provider import Started
from pipeline.gateways.keys import seal, unseal
from pipeline.settings import current
from pipeline.web.member_session import who
from pipeline.web.studio import attempts
from pipeline.web.studio.account_page import ACCOUNT, account_page
from pipeline.web.studio.page import done, show, status_of, tried
from pipeline.web.studio.sensitive_page import SensitivePage
from pipeline.web.studio.sign_in import first_step_done, next_page, sign_in_page

USE = "sign-in at the provider"
UNKNOWN = (
    "Nobody here is linked with that account. Sign in with your password, and link it on your account page."
)


@method_decorator(never_cache, name="dispatch")
class ToProvider(View):
    """To the provider, to sign in. Changes nothing here but a cookie."""

    http_method_names = ["get"]  # noqa: RUF012 - as Django declares it

    def get(self, request: HttpRequest) -> HttpResponse:
        _must_have_provider()
        try:
            address, started = begin_at_provider()
        except RoundsError as error:
            return sign_in_page(request, error=str(error), status=status_of(error))
        response = HttpResponseRedirect(address)
        _remember(response, started, {"then": next_page(request)})
        return response


@method_decorator(never_cache, name="dispatch")
class BackFromProvider(View):
    """Where the provider sends the browser. A GET by the protocol; it works once, for the browser that set out."""

    http_method_names = ["get"]  # noqa: RUF012 - as Django declares it

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        _must_have_provider()
        response = super().dispatch(request, *args, **kwargs)
        response.delete_cookie(_cookie(), path="/", samesite="Lax")
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        kept = _remembered(request)
        if kept is None:
            return sign_in_page(request, error="That took too long. Start again.", status=400)
        started, more = kept
        answer = {name: str(value) for name, value in request.GET.items()}
        if "member" in more:
            return _link(request, started, answer, int(more["member"]))
        return _sign_in(request, started, answer, str(more.get("then", "")))


class LinkProvider(SensitivePage):
    """`/studio/account/link/`: by POST, a page with the way to the provider; and by POST again, no link any more."""

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest) -> HttpResponse:
        provider = current().identity_provider
        if provider is None:
            raise Http404
        if request.POST.get("unlink"):
            unlink_from_provider(who(request))
            return done(request, ACCOUNT, f"The account is not linked with {provider.name} any more.")
        try:
            address, started = begin_at_provider()
        except RoundsError as error:
            return account_page(request, str(error), status_of(error))
        response = show(request, "account_link.html", provider=provider.name, address=address)
        _remember(response, started, {"member": str(who(request).id)})
        return response


def _sign_in(request: HttpRequest, started: Started, answer: Mapping[str, str], then: str) -> HttpResponse:
    """In place of the password: the second factor is asked for all the same."""
    attempt = attempts.at_provider(request)
    if attempt is None:
        return sign_in_page(request, error=attempts.TOO_MANY, status=429)
    user, error, status = None, UNKNOWN, 400
    try:
        member_id = member_at_provider(started, answer)
        user = ModelBackend().get_user(member_id) if member_id is not None else None
    except RoundsError as trouble:
        error, status = str(trouble), status_of(trouble)
    if not isinstance(user, User):
        record(Event.SIGN_IN_FAILED, member="", outcome="refused", detail={"step": "provider"})
        return sign_in_page(request, error=error, status=status)
    attempt.succeeded()
    return first_step_done(request, user, then)


def _link(request: HttpRequest, started: Started, answer: Mapping[str, str], member_id: int) -> HttpResponse:
    if not request.user.is_authenticated or who(request).id != member_id:
        return sign_in_page(request, error="You were signed out meanwhile. Start again.", status=400)
    error, status = tried(lambda: link_with_provider(who(request), started, answer, clock.machine()))
    if error:
        return account_page(request, error, status)
    return done(request, ACCOUNT, "The accounts are linked. You may sign in that way from now on.")


def _must_have_provider() -> None:
    if current().identity_provider is None:
        raise Http404


def _cookie() -> str:
    return "__Host-provider" if current().https else "provider"


def _remember(response: HttpResponse, started: Started, more: Mapping[str, str]) -> None:
    ends = clock.machine().timestamp() + BETWEEN_STEPS.total_seconds()
    kept = json.dumps({"started": asdict(started), "ends": ends, **more}).encode()
    response.set_cookie(
        _cookie(),
        base64.urlsafe_b64encode(seal(kept, USE)).decode(),
        max_age=BETWEEN_STEPS,
        secure=current().https,
        httponly=True,
        samesite="Lax",
    )


def _remembered(request: HttpRequest) -> tuple[Started, dict[str, Any]] | None:
    """What we wrote, if nobody changed it and it is not old."""
    try:
        opened = unseal(base64.urlsafe_b64decode(request.COOKIES.get(_cookie(), "").encode("ascii")), USE)
    except ValueError:
        return None
    kept = json.loads(opened) if opened else {}
    if clock.machine().timestamp() > kept.get("ends", 0):
        return None
    return Started(**kept["started"]), kept
