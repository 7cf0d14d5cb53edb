"""`/studio/people/<uid>/`: one person. May we mail them, why, since when, and what exactly were they told."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from pipeline.actions.find_person import find_person
from pipeline.actions.gather_evidence import gather_evidence
from pipeline.actions.record_audit import record
from pipeline.core.consent.evidence import standings
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.suppression import active
from pipeline.core.consent.timeline import timeline
from pipeline.core.home_zone import HOME_ZONE
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.page import StudioPage, show


class PersonPage(StudioPage):
    needs = Power.SEE_SUBSCRIBER

    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        return person_page(self, request, uid)


def person_page(
    page: StudioPage, request: HttpRequest, uid: UUID, error: str = "", status: int = 200
) -> HttpResponse:
    """The page, with the sentence of what went wrong if something did. NotFound for a uid that is nobody's."""
    person = find_person(uid)
    record(Event.SUBSCRIBER_VIEWED, member=page.member, about=str(uid))  # before anything is shown
    evidence = gather_evidence(person.id, page.now)
    in_force = set(active([barrier.suppression for barrier in evidence.barriers], page.now))
    return show(
        request,
        "desk/person.html",
        status,
        desk=desk,
        evidence=evidence,
        standings=standings(evidence, page.now),
        measuring=OPEN_TRACKING,
        moments=timeline(evidence)[::-1],
        barriers=[(one, one.suppression in in_force) for one in evidence.barriers],
        waiting=[one for one in evidence.demands if one.closed_at is None],
        today=page.now.astimezone(HOME_ZONE).date(),
        typed={
            name: request.POST.get(name, "") for name in ("kind", "channel", "received", "purpose", "words")
        },
        error=error,
    )
