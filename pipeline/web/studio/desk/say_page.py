"""`/studio/people/<uid>/say/`: record what a person told us by letter, telephone, email or in person."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from pipeline.actions.find_person import find_person
from pipeline.actions.receive_request import receive_request
from pipeline.actions.record_audit import record
from pipeline.core.consent.entry import Actor
from pipeline.core.consent.rights import AT_ONCE, Channel, RequestKind
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.store.rights import StoredRequest
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.desk.person_page import person_page
from pipeline.web.studio.page import StudioPage, done, tried

LONGEST = 20_000  # characters of a form's words that are looked at


class SayPage(StudioPage):
    needs = Power.CHANGE_CONSENT

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        person = find_person(uid)
        made: list[StoredRequest] = []
        error, status = tried(lambda: made.append(enter(request, self, person.id)))
        if error:
            return person_page(self, request, uid, error, status)
        here = f"/studio/people/{uid}/"
        if made[0].kind in AT_ONCE:
            return done(request, here, "Recorded, and in force from now on.")
        return done(request, here, f"Recorded. It is due on {desk.day(made[0].due_at)}.")


def enter(request: HttpRequest, page: StudioPage, subscriber_id: int | None) -> StoredRequest:
    """What the form says, entered. BadInput for a kind, a channel, a day or a list that there is not."""
    form = request.POST
    try:
        kind = RequestKind(form.get("kind", ""))
    except ValueError:
        raise BadInput("Choose what the person asks for.", field="kind") from None
    try:
        channel = Channel(form.get("channel", ""))
    except ValueError:
        raise BadInput("Choose how it reached us.", field="channel") from None
    if channel is Channel.SELF_SERVICE:
        raise BadInput(
            "What people do on our pages enters itself. Choose how it reached us.", field="channel"
        )
    purpose = form.get("purpose", "")
    made = receive_request(
        kind,
        subscriber_id,
        channel,
        page.now,
        actor=Actor.CONTROLLER_USER,
        words=form.get("words", "")[:LONGEST],
        member=page.member,
        received_at=desk.received(form.get("received", ""), page.now),
        purposes=[purpose] if purpose else (),
    )
    event = Event.CONSENT_CHANGED if kind in AT_ONCE and subscriber_id else Event.REQUEST_RECEIVED
    record(
        event,
        member=page.member,
        about=str(made.uid),
        detail={"kind": kind.value, "channel": channel.value, "request": str(made.uid)},
    )
    return made
