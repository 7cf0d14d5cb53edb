"""`/studio/people/<uid>/lift/`: GET says what lifting a suppression does, POST does it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from pipeline.actions.find_person import find_person
from pipeline.actions.gather_evidence import gather_evidence
from pipeline.actions.lift_suppression import lift_suppression
from pipeline.core.consent.evidence import Barrier
from pipeline.core.consent.suppression import Reason, active
from pipeline.core.errors import BadInput, RoundsError
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.problem import problem
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.page import StudioPage, done, proposed, show, status_of

LONGEST = 500  # characters of a reason


class LiftPage(StudioPage):
    needs = Power.LIFT_SUPPRESSION
    subject = "{uid}"
    seen = Event.SUBSCRIBER_VIEWED

    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        return self._page(request, uid)

    def post(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        person = find_person(uid)

        scope, _, name = request.POST.get("which", "").rpartition("/")
        because = request.POST.get("because", "")[:LONGEST]
        try:
            proposal = lift_suppression(
                person.id, scope, _reason(name), self.now, member=self.member, because=because
            )
        except RoundsError as error:
            return self._page(request, uid, problem(error), status_of(error))
        if proposal is not None:
            return done(request, f"/studio/approvals/{proposal.id}/", proposed(proposal.id))
        return done(
            request,
            f"/studio/people/{uid}/",
            "Lifted. It gives no consent: what the ledger says still decides.",
        )

    def _page(self, request: HttpRequest, uid: UUID, error: str = "", status: int = 200) -> HttpResponse:
        evidence = gather_evidence(find_person(uid).id, self.now)
        return show(
            request,
            "desk/lift.html",
            status,
            desk=desk,
            uid=uid,
            titles=evidence.titles,
            barriers=[one for one in evidence.barriers if _liftable(one, self)],
            which=request.POST.get("which", ""),
            because=request.POST.get("because", "")[:LONGEST],
            error=error,
        )


def _reason(name: str) -> Reason:
    try:
        return Reason(name)
    except ValueError:
        raise BadInput("Choose the suppression to lift.", field="which") from None


def _liftable(barrier: Barrier, page: StudioPage) -> bool:
    return desk.liftable(barrier.reason) and bool(active([barrier.suppression], page.now))
