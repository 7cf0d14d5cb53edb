"""`/studio/people/<uid>/lift/`: what staff can do about a suppression, and POST does it: lift it, or open a door."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from pipeline.actions.find_person import find_person
from pipeline.actions.gather_evidence import gather_evidence
from pipeline.actions.lift_suppression import lift_suppression
from pipeline.actions.open_door import open_door
from pipeline.core.consent.suppression import Reason, active, lets_in
from pipeline.core.errors import BadInput, RoundsError
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.problem import Problem, problem
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
        opens = request.POST.get("do") == "open"
        try:
            proposal = (
                open_door(person.id, self.now, member=self.member, because=because)
                if opens
                else lift_suppression(
                    person.id, scope, _reason(name), self.now, member=self.member, because=because
                )
            )
        except RoundsError as error:
            found = problem(error)
            if opens and found.field == "because":
                found = Problem(found, "because-open")
            return self._page(request, uid, found, status_of(error))
        if proposal is not None:
            return done(request, f"/studio/approvals/{proposal.id}/", proposed(proposal.id))
        return done(
            request,
            f"/studio/people/{uid}/",
            "They may sign up anew. Nothing was sent: tell them to use the form, within two weeks."
            if opens
            else "Lifted. It gives no consent: what the ledger says still decides.",
        )

    def _page(self, request: HttpRequest, uid: UUID, error: str = "", status: int = 200) -> HttpResponse:
        evidence = gather_evidence(find_person(uid).id, self.now)
        standing = [one for one in evidence.barriers if active([one.suppression], self.now)]
        return show(
            request,
            "desk/lift.html",
            status,
            desk=desk,
            uid=uid,
            titles=evidence.titles,
            barriers=[one for one in standing if desk.liftable(one.reason)],
            closed=[one for one in standing if desk.opens(one.reason)],
            opened=[one.door for one in standing if one.door and lets_in(one.suppression, self.now)],
            which=request.POST.get("which", ""),
            because=request.POST.get("because", "")[:LONGEST],
            opens=request.POST.get("do") == "open",
            error=error,
        )


def _reason(name: str) -> Reason:
    try:
        return Reason(name)
    except ValueError:
        raise BadInput("Choose the suppression to lift.", field="which") from None
