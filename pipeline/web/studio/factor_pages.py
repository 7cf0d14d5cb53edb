"""`/studio/account/app/`, `.../passkey/`, `.../factors/<id>/remove/` and `.../recovery-codes/`: a member's factors."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from pipeline.actions.make_recovery_codes import make_recovery_codes
from pipeline.actions.remove_second_factor import remove_second_factor
from pipeline.gateways import clock
from pipeline.store import second_factors, sessions
from pipeline.web.member_session import who
from pipeline.web.studio import attempts
from pipeline.web.studio.account_page import ACCOUNT, account_page
from pipeline.web.studio.page import done, show, tried
from pipeline.web.studio.qr_code import qr_code
from pipeline.web.studio.sensitive_page import SensitivePage
from pipeline.web.studio.set_up import add_from_form, new_passkey_question, proposal_for


class AddFactor(SensitivePage):
    """A form that adds a factor. The first one brings recovery codes with it; every one ends other sessions."""

    added: str

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        member = who(request)
        attempt = attempts.with_second_factor(request, member.id)
        if attempt is None:
            return self.page(request, attempts.TOO_MANY, 429)
        error, status = tried(lambda: add_from_form(request, member))
        if error:
            return self.page(request, error, status)
        attempt.succeeded()
        sessions.end_all(member.id, but=request.session.session_key)
        if not second_factors.codes_left(member.id):
            return show(
                request,
                "recovery_codes.html",
                codes=make_recovery_codes(member, clock.machine()),
                then=ACCOUNT,
            )
        return done(request, ACCOUNT, self.added)

    def page(self, request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
        raise NotImplementedError


@method_decorator(sensitive_post_parameters("code", "proposal"), name="dispatch")
class AppPage(AddFactor):
    added = (
        "The app is set up. One that was there before is worth nothing now; other browsers are signed out."
    )

    def page(self, request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
        member = who(request)
        proposal = proposal_for(request, member)
        return show(
            request,
            "account_app.html",
            status,
            error=error,
            proposal=proposal,
            qr=qr_code(proposal.address),
            replaces=second_factors.totp_of(member.id) is not None,
        )


@method_decorator(sensitive_post_parameters("credential"), name="dispatch")
class PasskeyPage(AddFactor):
    added = "The passkey is added. Other browsers are signed out."

    def page(self, request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
        question = new_passkey_question(request, who(request))
        called = request.POST.get("called", "")[:100]
        return show(request, "account_passkey.html", status, error=error, question=question, called=called)


class RemoveFactor(SensitivePage):
    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest, factor_id: int) -> HttpResponse:
        removed: list[str] = []
        key = request.session.session_key
        error, status = tried(
            lambda: removed.append(remove_second_factor(who(request), factor_id, session_key=key))
        )
        if error:
            return account_page(request, error, status)
        return done(request, ACCOUNT, f"{removed[0]} is removed. Other browsers are signed out.")


class NewRecoveryCodes(SensitivePage):
    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest) -> HttpResponse:
        codes = make_recovery_codes(who(request), clock.machine())
        return show(request, "recovery_codes.html", codes=codes, then=ACCOUNT)
