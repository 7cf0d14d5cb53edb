"""What the public pages share: no cookie, no state changed by reading, and a POST only from a page of ours."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from pipeline.actions.check_secret import refuse_if_unknown_yet
from pipeline.core.address import masked, parse
from pipeline.core.consent.tokens import Audience, FormCheck, check_form_token, make_form_token
from pipeline.gateways import clock
from pipeline.gateways.keys import keyring
from pipeline.web.patience import PUBLIC_PAGE, for_at_most
from pipeline.web.same_site import came_from_our_page
from pipeline.web.turns import end_turn, turn

A_PERSON_NEEDS = timedelta(seconds=1.5)  # from opening a page to pressing its button (U-23)
TRAP = "website"  # a field that no person sees; what fills it in is not one
TRY_AGAIN = {
    FormCheck.TOO_SOON: "That was very quick. Please check what you typed and press the button again.",
    FormCheck.TOO_OLD: "This page had been open for a long time. Please press the button again.",
    FormCheck.FORGED: "We could not tell that this form came from our page. Please press the button again.",
}


# Django's own check needs a cookie, and these pages set none. `came_from_our_page` stands in for it (S-07).
@method_decorator(csrf_exempt, name="dispatch")
class PublicPage(View):
    """GET and HEAD only read. `answers_machines`: its POST is a mailbox provider's, which has no page (U-12).

    `asks_itself`: its own `post` finds out who asks, since a page of another site may, within limits.
    `takes_any_token`: it answers the same whatever the token is.
    """

    answers_machines = False
    asks_itself = False
    takes_any_token = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        elsewhere = self.answers_machines or self.asks_itself
        if request.method == "POST" and not elsewhere and not came_from_our_page(request):
            raise PermissionDenied
        with for_at_most(PUBLIC_PAGE), turn(PUBLIC_PAGE):
            if "token" in kwargs and not self.takes_any_token:
                refuse_if_unknown_yet(kwargs["token"])
            return super().dispatch(request, *args, **kwargs)


def form_token(audience: Audience = Audience.FORM) -> str:
    """The signed time stamp that goes into every form (D-08)."""
    return make_form_token(clock.now(), secrets.token_bytes(8), keyring(), audience)


def looks_automatic(fields: Any) -> bool:
    """Whether a form was pressed quicker than a person can, or its trap was filled in. A no is heeded all the same.

    A yes is asked for once more (decision 0028).
    """
    check = check_form_token(fields.get("form", ""), clock.now(), keyring(), least=A_PERSON_NEEDS)
    return check in (FormCheck.TOO_SOON, FormCheck.FORGED) or bool(fields.get(TRAP))


def form_refusal(fields: Any) -> str:
    """Why a form is asked for once more, in a sentence; empty if it came from a page of ours in good time (D-08)."""
    return TRY_AGAIN.get(check_form_token(fields.get("form", "")[:100], clock.now(), keyring()), "")


@contextmanager
def always_as_long(seconds: float = 0.15) -> Iterator[None]:
    """Take so long at least, so that the time of an answer does not tell what an address is to us (D-07)."""
    started = time.monotonic()
    yield
    end_turn()
    time.sleep(max(0.0, seconds - (time.monotonic() - started)))


def shown(address: str) -> str:
    """An address as a page may show it: `a…@example.test`. Empty stays empty."""
    return masked(parse(address)) if address else ""
