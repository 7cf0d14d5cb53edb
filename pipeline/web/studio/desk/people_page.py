"""`/studio/people/`: find a person by address. The address travels in the body of a POST and stands in no URL."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.find_person import Found, find_address
from pipeline.actions.record_audit import record
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.page import StudioPage, show, tried

LONGEST = 320  # characters of what was typed that are looked at


class PeoplePage(StudioPage):
    """GET asks. POST answers, and changes nothing: known and unknown addresses get the same page."""

    needs = Power.SEE_SUBSCRIBER

    def get(self, request: HttpRequest) -> HttpResponse:
        return show(request, "desk/people.html", desk=desk, found=None, typed="", error="")

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = request.POST.get("address", "")[:LONGEST]
        found, error, status = look_up(self, typed)
        return show(request, "desk/people.html", status, desk=desk, found=found, typed=typed, error=error)


def look_up(page: StudioPage, typed: str) -> tuple[Found | None, str, int]:
    """(what is known of an address, the sentence of what is wrong with it, a status). The audit log says so."""
    answers: list[Found] = []
    error, status = tried(lambda: answers.append(find_address(typed, page.now)))
    found = answers[0] if answers else None
    if found is not None:
        about = str(found.person) if found.person else ""
        outcome = "found" if about else "nobody"
        record(Event.SUBSCRIBER_SEARCHED, member=page.member, about=about, outcome=outcome)
    return found, error, status
