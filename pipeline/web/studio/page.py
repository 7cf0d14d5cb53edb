"""What the pages of the studio share: a member signed in, nothing kept in caches, and errors beside the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.views import View

from pipeline.actions.look_at_sending import look_at_sending
from pipeline.core.errors import BadInput, NotFound, Refused, RoundsError, Unavailable
from pipeline.gateways import clock
from pipeline.web.studio import words

SIGN_IN = "/studio/sign-in/"


class StudioPage(View):
    """Needs a member. `self.now` is the moment of the request, by the product's clock."""

    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = clock.now()
        if not request.user.is_authenticated:
            wanted = f"?next={quote(request.get_full_path())}" if request.method == "GET" else ""
            return HttpResponseRedirect(SIGN_IN + wanted)
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    @property
    def member(self) -> str:
        """The name that the member signed in with."""
        return str(self.request.user.get_username())

    @property
    def admin(self) -> bool:
        """Whether the member may stop everything."""
        return bool(self.request.user.is_authenticated and self.request.user.is_staff)


def show(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the studio. Templates reach the words for states and moments as `words`, and in `standing` the
    sentences that every page carries while mail may not leave.
    """
    said = [str(message) for message in messages.get_messages(request)]
    standing: list[str] = []
    if request.user.is_authenticated:
        sending = look_at_sending()
        standing = [sentence for sentence in (sending.sentence, *sending.elsewhere) if sentence]
    every = {"words": words, "said": said, "standing": standing}
    return render(request, f"studio/{template}", {**context, **every}, status=status)


def done(request: HttpRequest, path: str, sentence: str) -> HttpResponseRedirect:
    """After a POST: on to a page that says what was done."""
    messages.success(request, sentence)
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response


def tried(act: Callable[[], Any]) -> tuple[str, int]:
    """Run `act`. Returns the sentence of what stopped it and a status for the page, or ("", 200)."""
    try:
        act()
    except RoundsError as error:
        return str(error), status_of(error)
    return "", 200


def status_of(error: RoundsError) -> int:
    """400 for what was typed, 404 for what is not there, 409 for what a rule refuses, 503 for a server away."""
    match error:
        case BadInput():
            return 400
        case NotFound():
            return 404
        case Refused():
            return 409
        case Unavailable():
            return 503
    return 400
