"""`/studio/sign-in/passkey/`: in with a passkey alone, however often others guessed under the member's name (S-13)."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from pipeline.actions.record_audit import record
from pipeline.actions.sign_in_by_passkey import sign_in_by_passkey
from pipeline.core.accounts.second_factor import Proof
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import Event
from pipeline.gateways import clock
from pipeline.web.member_session import let_in
from pipeline.web.studio import attempts
from pipeline.web.studio.sign_in import next_page, sign_in_page

WRONG = (
    "That passkey was not taken. It may be of another account, or its device asked for no PIN or finger: then sign in"
    " with your password, and use it as the second step."
)


@method_decorator(sensitive_post_parameters("credential", "asked"), name="dispatch")
@method_decorator(never_cache, name="dispatch")
class PasskeySignIn(View):
    """A passkey is something one holds, opened by something one knows or is: both steps in one."""

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest) -> HttpResponse:
        user, error = None, WRONG
        try:
            member_id = sign_in_by_passkey(
                request.POST.get("asked", "")[:2000], request.POST.get("credential", ""), clock.machine()
            )
            user = ModelBackend().get_user(member_id) if member_id is not None else None
        except BadInput as late:
            error = str(late)
        if not isinstance(user, User):
            if attempts.is_news(request):  # nothing is limited here, and the log must not fill by it
                record(Event.SIGN_IN_FAILED, member="", outcome="refused", detail={"step": "passkey"})
            return sign_in_page(request, error=error, status=400)
        let_in(request, user, Proof.PASSKEY)
        record(Event.SIGNED_IN, member=str(user.get_username()), detail={"proof": Proof.PASSKEY.value})
        return HttpResponseRedirect(next_page(request))
