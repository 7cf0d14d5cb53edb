"""`/studio/held/`: sign-ups that wait for somebody to look at them, and what becomes of each (D-09)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from pipeline.actions.drop_held import drop_held
from pipeline.actions.list_held import list_held
from pipeline.actions.release_held import release_held
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.store import consent
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.page import StudioPage, done, show, tried

HERE = "/studio/held/"


class HeldPage(StudioPage):
    """With whole addresses: whether `abuse@` asked for a newsletter is judged by nothing else."""

    needs = Power.SEE_SUBSCRIBER
    seen = Event.HELD_VIEWED
    subject = "held sign-ups"

    def get(self, request: HttpRequest) -> HttpResponse:
        return held_page(request)


class ReleaseHeld(StudioPage):
    needs = Power.CHANGE_CONSENT
    event = Event.HELD_RELEASED
    subject = "sign-up:{uid}"

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        error, status = tried(lambda: release_held(uid, self.now))
        return _after(request, error, status, "The letter that asks them to confirm is on its way.")


class DropHeld(StudioPage):
    needs = Power.CHANGE_CONSENT
    event = Event.HELD_DROPPED
    subject = "sign-up:{uid}"

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        error, status = tried(lambda: drop_held(uid, self.now))
        return _after(request, error, status, "Dropped, and nothing was sent.")


def _after(request: HttpRequest, error: str, status: int, sentence: str) -> HttpResponse:
    return held_page(request, error, status) if error else done(request, HERE, sentence)


def held_page(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    """The page, with the sentence of what went wrong if something did."""
    return show(
        request,
        "desk/held.html",
        status,
        desk=desk,
        held=list_held(),
        titles=consent.list_titles(consent.purpose_ids()),
        error=error,
    )
