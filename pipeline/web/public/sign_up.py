"""`/signup/` and `/signup/from/<placement>/`: no box is ticked, and one answer for every address (C-02, D-07).

A form on another site's page cannot carry our stamp, so that what it posts changes nothing: it opens our form with the
address filled in, and the button to press is ours (S-07).
"""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from pipeline.actions.find_placement import find_placement
from pipeline.core.consent.tokens import Audience
from pipeline.web.public.page import PublicPage, form_token
from pipeline.web.public.sign_up_form import Again, Form, OnceMore, Sent, Typed, form_of, take, typed_in
from pipeline.web.same_site import came_from_our_page
from pipeline.web.turns import end_turn

# Seconds, or twice as many, or three times: so that the time does not tell what an address is to us (D-07).
ANSWER_TAKES = 0.15


class SignUpPage(PublicPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request, form_of(None), Typed())

    def post(self, request: HttpRequest) -> HttpResponse:
        return answer(request, form_of(None))


class SignUpFromPage(PublicPage):
    """The form of one placement. What its page sends, without our script, arrives here with no stamp."""

    asks_itself = True

    def get(self, request: HttpRequest, placement: str) -> HttpResponse:
        return _page(request, form_of(find_placement(placement)), Typed())

    def post(self, request: HttpRequest, placement: str) -> HttpResponse:
        form = form_of(find_placement(placement))
        if came_from_our_page(request):
            return answer(request, form)
        # No box is ticked for anybody, whatever the other page says that they ticked there.
        return _page(request, form, Typed(address=typed_in(request.POST).address))


class SentPage(PublicPage):
    """`/signup/sent/`: the answer to every sign-up."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "public/sent.html")


def answer(request: HttpRequest, form: Form) -> HttpResponse:
    """What a page says to a form that was sent."""
    started = time.monotonic()
    match take(request, form):
        case Sent():
            take_as_long(started)
            response = HttpResponseRedirect("/signup/sent/")
            response.status_code = 303
            return response
        case OnceMore(typed):
            return _once_more(request, form, typed)
        case Again(typed):
            return _page(request, form, typed, status=400)


def take_as_long(started: float) -> None:
    """Wait until as much time has gone as every answer takes, or a whole multiple where the machine was busy."""
    end_turn()
    time.sleep(-(time.monotonic() - started) % ANSWER_TAKES if ANSWER_TAKES else 0.0)


def _page(request: HttpRequest, form: Form, typed: Typed, status: int = 200) -> HttpResponse:
    return _unkept(render(request, "public/sign_up.html", form.filled(typed), status=status))


def _once_more(request: HttpRequest, form: Form, typed: Typed) -> HttpResponse:
    """`typed.token` is kept when the second press came too soon: the wait goes on."""
    token = typed.token or form_token(Audience.FORM_AGAIN)
    context = form.context(typed, token, shown=form.shown)
    return _unkept(render(request, "public/once_more.html", context))


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = (
        "no-store"  # it holds a stamp that is good once, and perhaps an address
    )
    return response
