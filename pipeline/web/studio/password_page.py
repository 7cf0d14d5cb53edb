"""`/studio/account/password/`: a member chooses another password, knowing the one there is."""

from __future__ import annotations

from django.contrib.auth import get_user_model, update_session_auth_hash
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from pipeline.actions.change_password import change_password
from pipeline.core.errors import BadInput
from pipeline.web import known_browser
from pipeline.web.member_session import proved_again, who
from pipeline.web.studio import attempts
from pipeline.web.studio.account_page import ACCOUNT
from pipeline.web.studio.page import StudioPage, done, show, tried


@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordPage(StudioPage):
    needs = None  # one's own account

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        member = who(request)
        attempt = attempts.with_second_factor(request, member.id)
        if attempt is None:
            return _page(request, attempts.TOO_MANY, 429)
        error, status = tried(lambda: self._change(request))
        if error:
            return _page(request, error, status)
        attempt.succeeded()
        user = ModelBackend().get_user(member.id)
        assert isinstance(user, get_user_model())
        update_session_auth_hash(request, user)  # a new key for this session; the others are gone
        proved_again(request)
        known_browser.remember(request, member.id)
        return done(request, ACCOUNT, "The password is changed. Other browsers are signed out.")

    def _change(self, request: HttpRequest) -> None:
        old, new = request.POST.get("old", "")[:1000], request.POST.get("new", "")
        if new != request.POST.get("again", ""):
            raise BadInput("The new password was typed in two ways. Type or paste it twice.", field="again")
        change_password(who(request), old, new, session_key=request.session.session_key)


def _page(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    return show(request, "account_password.html", status, error=error)
