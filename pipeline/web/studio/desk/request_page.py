"""`/studio/requests/<uid>/`: one request, what was done about it, and the next step."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from pipeline.actions.acknowledge_request import acknowledge_request
from pipeline.actions.close_request import close_request
from pipeline.actions.extend_request import extend_request
from pipeline.actions.list_requests import show_request
from pipeline.core.consent.rights import AT_ONCE, Outcome
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.desk.say_page import LONGEST
from pipeline.web.studio.page import StudioPage, done, show, tried


class RequestPage(StudioPage):
    needs = Power.SEE_SUBSCRIBER
    subject = "{uid}"
    seen = Event.REQUEST_VIEWED  # it holds a person's own words, and sometimes their address

    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        return request_page(self, request, uid)


class RequestStep(StudioPage):
    """`.../acknowledge/`, `.../extend/`, `.../close/`, by POST alone."""

    needs = Power.CHANGE_CONSENT

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest, uid: UUID, step: str) -> HttpResponse:
        words = request.POST.get("words", "")[:LONGEST]
        reason = request.POST.get("reason", "")[:LONGEST]
        acts = {
            "acknowledge": lambda: acknowledge_request(uid, self.now, self.member),
            "extend": lambda: extend_request(uid, self.now, self.member, reason),
            "close": lambda: close_request(uid, _outcome(request), self.now, self.member, words),
        }
        if step not in acts:
            raise Http404
        show_request(uid, self.now)  # NotFound before anything else
        error, status = tried(acts[step])
        if error:
            return request_page(self, request, uid, error, status)
        return done(request, f"/studio/requests/{uid}/", f"{desk.STEPS[step]}.")


def request_page(
    page: StudioPage, request: HttpRequest, uid: UUID, error: str = "", status: int = 200
) -> HttpResponse:
    """The page, with the sentence of what went wrong if something did. NotFound for a uid that is no request's."""
    found, log = show_request(uid, page.now)
    return show(
        request,
        "desk/request.html",
        status,
        desk=desk,
        one=found,
        log=log,
        extendable=found.request.kind not in AT_ONCE,
        typed={name: request.POST.get(name, "") for name in ("outcome", "words", "reason")},
        error=error,
    )


def _outcome(request: HttpRequest) -> Outcome:
    try:
        return Outcome(request.POST.get("outcome", ""))
    except ValueError:
        raise BadInput("Choose how the request ended.", field="outcome") from None
