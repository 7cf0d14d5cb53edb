"""What the pages of the studio share: a member with the power, nothing kept in caches, a line in the audit log, and
errors beside the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.views import View

from pipeline.actions.look_at_sending import look_at_sending
from pipeline.actions.record_audit import record
from pipeline.core.errors import BadInput, NotFound, Refused, RoundsError, Unavailable
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power, powers_of, who_may
from pipeline.gateways import clock
from pipeline.store import members
from pipeline.web.problem import problem
from pipeline.web.studio import navigation, words

SIGN_IN = "/studio/sign-in/"


class StudioPage(View):
    """Needs a member with the power that the page `needs`; None: any member, since it names no subscriber.

    Every page says so itself, and one that does not is an error. `needs_to_act` is for its POST, where that needs
    more. `event` is what a POST is called in the audit log, and `seen` a GET of a page that shows personal data; a
    page without them records what it does by itself. `subject` says what either is about, from the path's names.
    `self.now` is the moment of the request, by the product's clock.
    """

    needs: ClassVar[Power | None]
    needs_to_act: ClassVar[Power | None] = None
    subject: ClassVar[str] = ""
    event: Event | None = None
    seen: Event | None = None
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.now = clock.now()
        if not request.user.is_authenticated:
            wanted = f"?next={quote(request.get_full_path())}" if request.method == "GET" else ""
            return HttpResponseRedirect(SIGN_IN + wanted)
        acts = request.method not in ("GET", "HEAD", "OPTIONS")
        response = self._refused(acts) or self._answered(acts, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    @property
    def member(self) -> str:
        """The name that the member signed in with."""
        return str(self.request.user.get_username())

    @property
    def powers(self) -> frozenset[Power]:
        """What the member may do, as their roles are now."""
        return powers_in(self.request)

    def audit(
        self,
        event: str,
        *,
        outcome: str = "done",
        detail: Mapping[str, object] | None = None,
        about: str = "",
    ) -> None:
        """A line of the audit log, by this member, about the page's subject unless another is named."""
        record(event, member=self.member, about=about or self._about(), outcome=outcome, detail=detail)

    def _about(self) -> str:
        return self.subject.format(**self.kwargs)

    def _refused(self, acts: bool) -> HttpResponse | None:
        """The page that says which role may, if the member may not. It reads no more of the request than its path."""
        wanted = {self.needs, self.needs_to_act if acts else None} - {None, *self.powers}
        if not wanted:
            return None
        missing = sorted(power for power in wanted if power)[0]
        self.audit(Event.ACCESS_REFUSED, outcome="refused", detail={"power": missing.value})
        return no_power(self.request, missing)

    def _answered(self, acts: bool, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not acts and self.seen is not None:
            self.audit(self.seen)  # before anything is shown
        try:
            response = super().dispatch(self.request, *args, **kwargs)
        except (RoundsError, Http404) as error:
            if acts and self.event is not None:
                status = status_of(error) if isinstance(error, RoundsError) else 404
                self.audit(self.event, outcome="refused", detail={"status": status})
            raise
        if acts and self.event is not None:
            refused = response.status_code >= 400
            detail = {"status": response.status_code} if refused else None
            self.audit(self.event, outcome="refused" if refused else "done", detail=detail)
        return response


def powers_in(request: HttpRequest) -> frozenset[Power]:
    """What whoever asks may do: nothing without signing in. Looked up once a request."""
    found: frozenset[Power] | None = getattr(request, "rounds_powers", None)
    if found is None:
        signed_in = request.user.is_authenticated
        found = powers_of(members.roles(str(request.user.get_username()))) if signed_in else frozenset()
        request.rounds_powers = found  # type: ignore[attr-defined]
    return found


def no_power(request: HttpRequest, power: Power) -> HttpResponse:
    """403, with the sentence of whose this is."""
    return show(request, "no_power.html", 403, sentence=who_may(power))


def show(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the studio. Templates reach the words for states and moments as `words`, what the member may do as
    `may`, in `standing` the sentences that every page carries while mail may not leave, and in `still` whether a page
    that moves is not to refresh itself.
    """
    said = [str(message) for message in messages.get_messages(request)]
    standing: list[str] = []
    may = powers_in(request)
    if request.user.is_authenticated:
        sending = look_at_sending()
        standing = [sentence for sentence in (sending.sentence, *sending.elsewhere) if sentence]
    places = navigation.places(may)
    every = {
        "words": words,
        "said": said,
        "standing": standing,
        "may": may,
        "places": places,
        "beside": navigation.beside(places, request.path),
        "still": bool(request.GET.get("still")),
    }
    return render(request, f"studio/{template}", {**context, **every}, status=status)


def done(request: HttpRequest, path: str, sentence: str) -> HttpResponseRedirect:
    """After a POST: on to a page that says what was done."""
    messages.success(request, sentence)
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response


def proposed(number: int) -> str:
    """What is said to whoever did what nobody does alone (S-14)."""
    return f"Proposed, as number {number}. When a second person has approved it, press the same button again."


def tried(act: Callable[[], Any]) -> tuple[str, int]:
    """Run `act`. Returns the sentence of what stopped it and a status for the page, or ("", 200)."""
    try:
        act()
    except RoundsError as error:
        return problem(error), status_of(error)
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
