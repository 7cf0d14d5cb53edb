"""`/studio/people/<uid>/erase/`: GET says what forgetting somebody does, POST does it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from pipeline.actions.find_person import find_person
from pipeline.actions.forget_person import forget_person
from pipeline.core.consent.rights import Channel
from pipeline.core.errors import BadInput
from pipeline.core.home_zone import HOME_ZONE
from pipeline.core.people.powers import Power
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.page import StudioPage, done, show, tried


class ErasePage(StudioPage):
    needs = Power.CHANGE_CONSENT

    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        return self._page(request, uid)

    def post(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        person = find_person(uid)

        def forget() -> None:
            if request.POST.get("sure") != "yes":
                raise BadInput(
                    "Tick the box if you are sure: nobody can bring the person back.", field="sure"
                )
            try:
                channel = Channel(request.POST.get("channel", ""))
            except ValueError:
                raise BadInput("Choose how the request reached us.", field="channel") from None
            arrived = desk.received(request.POST.get("received", ""), self.now)
            forget_person(person.id, channel, self.now, self.member, arrived)

        error, status = tried(forget)
        if error:
            return self._page(request, uid, error, status)
        return done(
            request,
            f"/studio/people/{uid}/",
            "Forgotten. The address stays suppressed, by its keyed hash alone.",
        )

    def _page(self, request: HttpRequest, uid: UUID, error: str = "", status: int = 200) -> HttpResponse:
        find_person(uid)
        today = self.now.astimezone(HOME_ZONE).date()
        typed = {name: request.POST.get(name, "") for name in ("channel", "received", "sure")}
        return show(
            request, "desk/erase.html", status, desk=desk, uid=uid, today=today, typed=typed, error=error
        )
