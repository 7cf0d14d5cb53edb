"""What the script of an embedded form asks for: the form as JSON, and a place to send it to.

`GET /signup/from/<placement>/form` and `POST /signup/from/<placement>/answer`. Only scripts of the placement's own
origin are answered (`Origin`, which no page can forge), without credentials, and the header that lets them read the
answer names that origin and no other. To anybody else both paths say what an unknown placement says.
"""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse, JsonResponse

from pipeline.actions.find_placement import find_placement
from pipeline.core.consent.placement import Placement
from pipeline.core.errors import NotFound
from pipeline.web.public.page import PublicPage
from pipeline.web.public.sign_up import take_as_long
from pipeline.web.public.sign_up_form import Again, Typed, form_of, take, words_for_script


class FormForScript(PublicPage):
    def get(self, request: HttpRequest, placement: str) -> HttpResponse:
        found = _known(request, placement)
        return _readable(JsonResponse(dict(words_for_script(form_of(found, by_script=True), Typed()))), found)


class AnswerForScript(PublicPage):
    """A sign-up by the script: 200 and `{"sent": true}` for every address, or 400 and the form with a sentence."""

    asks_itself = True

    def post(self, request: HttpRequest, placement: str) -> HttpResponse:
        started = time.monotonic()
        found = _known(request, placement)
        form = form_of(found, by_script=True)
        outcome = take(request, form)
        if isinstance(outcome, Again):
            return _readable(JsonResponse(dict(words_for_script(form, outcome.typed)), status=400), found)
        take_as_long(started)
        return _readable(JsonResponse({"sent": True}), found)


def _known(request: HttpRequest, name: str) -> Placement:
    found = find_placement(name)
    if request.headers.get("Origin") != found.origin:
        raise NotFound("This page may not show the form of this placement.")
    return found


def _readable(response: HttpResponse, placement: Placement) -> HttpResponse:
    response.headers["Access-Control-Allow-Origin"] = placement.origin
    response.headers["Vary"] = "Origin"
    response.headers["Cache-Control"] = "no-store"
    return response
