"""`/studio/account/`: a member's sessions, second factors and recovery codes, and the buttons that end them."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from pipeline.actions.end_sessions import end_session, sign_out_everywhere
from pipeline.actions.look_at_account import look_at_account
from pipeline.settings import current
from pipeline.web.member_session import who
from pipeline.web.studio.page import SIGN_IN, StudioPage, done, show

ACCOUNT = "/studio/account/"
ZONE = "Europe/London"


class AccountPage(StudioPage):
    needs = None  # one's own account

    def get(self, request: HttpRequest) -> HttpResponse:
        return account_page(request)


class EndSession(StudioPage):
    """`.../sessions/end/`, by POST alone: one other session, as one does with a browser that was left signed in."""

    needs = None  # one's own account

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest) -> HttpResponse:
        ended = end_session(who(request), request.POST.get("session", "")[:40])
        return done(request, ACCOUNT, "That session is over." if ended else "That session was over already.")


class SignOutEverywhere(StudioPage):
    """`.../sign-out-everywhere/`, by POST alone. This session ends too."""

    needs = None  # one's own account

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest) -> HttpResponse:
        sign_out_everywhere(who(request))
        logout(request)
        return HttpResponseRedirect(SIGN_IN)


def account_page(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    """The page, with the sentence of what went wrong if something did."""
    provider = current().identity_provider
    return show(
        request,
        "account.html",
        status,
        error=error,
        view=look_at_account(who(request), request.session.session_key),
        provider=provider.name if provider else "",
        required=current().second_factor,
        demo=current().demo,
        zone=ZONE,
    )
