"""Changes to the account, and signatures, ask once more who is there: `/studio/account/confirm/` (ASVS 7.5.1)."""

from __future__ import annotations

import re
from typing import Any, ClassVar
from urllib.parse import quote

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from pipeline.actions.record_audit import record
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.store import members, second_factors
from pipeline.web.member_session import may_change_account, proved_again, who
from pipeline.web.problem import Problem
from pipeline.web.studio import attempts
from pipeline.web.studio.account_page import ACCOUNT
from pipeline.web.studio.page import StudioPage, done, show
from pipeline.web.studio.second_step import passkey_question, proof_in

CONFIRM = f"{ACCOUNT}confirm/"
_SIGN = re.compile(r"/studio/articles/[-a-zA-Z0-9_]+/sign/")
WRONG = "That was not right. Check it, and try again."


class SensitivePage(StudioPage):
    """Open for ten minutes after the member showed who they are; otherwise leads to where they do."""

    needs: ClassVar[Power | None] = None  # one's own account, unless a page says otherwise

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not may_change_account(request):
            then = request.path if request.method == "GET" or _SIGN.fullmatch(request.path) else ACCOUNT
            return HttpResponseRedirect(f"{CONFIRM}?next={quote(then)}")
        return super().dispatch(request, *args, **kwargs)


@method_decorator(sensitive_post_parameters("password", "code", "credential"), name="dispatch")
class ConfirmPage(StudioPage):
    """The password, or a second factor, once more."""

    needs = None  # one's own account

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        member = who(request)
        attempt = attempts.with_factor_of(request, member.id)
        if attempt is None:
            return _page(request, attempts.TOO_MANY, 429)
        if not _is_shown(request):
            if attempt.counted or attempts.is_news(request):
                detail = {"step": "once more"}
                record(Event.SIGN_IN_FAILED, member=member.name, outcome="refused", detail=detail)
            return _page(request, Problem(WRONG, _field(request)), 400)
        attempt.succeeded()
        proved_again(request)
        return done(request, _then(request), "Thank you. For ten minutes you will not be asked again.")


def _is_shown(request: HttpRequest) -> bool:
    password = request.POST.get("password", "")[:1000]
    if password:
        return members.password_is(who(request).id, password)
    return proof_in(request, _user(request)) is not None


def _field(request: HttpRequest) -> str:
    """Where it was typed; nowhere with a passkey."""
    return "" if request.POST.get("credential") else "code" if "code" in request.POST else "password"


def _then(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return wanted if wanted.startswith(ACCOUNT) or _SIGN.fullmatch(wanted) else ACCOUNT


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _page(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    user = _user(request)
    return show(
        request,
        "account_confirm.html",
        status,
        error=error,
        next=_then(request),
        question=passkey_question(request, user),
        has_factor=second_factors.has_any(user.pk),
    )
