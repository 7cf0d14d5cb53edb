"""`/studio/people/<uid>/lift/`: GET says what lifting a suppression does, POST does it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from pipeline.actions.find_person import find_person
from pipeline.actions.gather_evidence import gather_evidence
from pipeline.actions.lift_suppression import lift_suppression
from pipeline.core.consent.evidence import Barrier
from pipeline.core.consent.suppression import Reason, active
from pipeline.core.errors import BadInput
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.page import StudioPage, done, show, tried

LONGEST = 500  # characters of a reason


class LiftPage(StudioPage):
    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        return self._page(request, uid)

    def post(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        person = find_person(uid)

        def lift() -> None:
            scope, _, name = request.POST.get("which", "").rpartition("/")
            try:
                reason = Reason(name)
            except ValueError:
                raise BadInput("Choose the suppression to lift.") from None
            because = request.POST.get("because", "")[:LONGEST]
            lift_suppression(person.id, scope, reason, self.now, member=self.member, because=because)

        error, status = tried(lift)
        if error:
            return self._page(request, uid, error, status)
        return done(
            request,
            f"/studio/people/{uid}/",
            "Lifted. It gives no consent: what the ledger says still decides.",
        )

    def _page(self, request: HttpRequest, uid: UUID, error: str = "", status: int = 200) -> HttpResponse:
        evidence = gather_evidence(find_person(uid).id)
        return show(
            request,
            "desk/lift.html",
            status,
            desk=desk,
            uid=uid,
            titles=evidence.titles,
            barriers=[one for one in evidence.barriers if _liftable(one, self)],
            because=request.POST.get("because", "")[:LONGEST],
            error=error,
        )


def _liftable(barrier: Barrier, page: StudioPage) -> bool:
    return desk.liftable(barrier.reason) and bool(active([barrier.suppression], page.now))
