"""`/studio/people/<uid>/files/...`: what can be handed out of one person. Reading changes nothing but the audit log."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from pipeline.actions.export_subscriber import export_consent_records, export_subscriber
from pipeline.actions.find_person import find_person
from pipeline.actions.make_proof import make_proof
from pipeline.actions.record_audit import record
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.studio.page import StudioPage


class EverythingFile(StudioPage):
    """All of it, as JSON."""

    needs = Power.SEE_SUBSCRIBER

    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        person = find_person(uid)
        record(Event.SUBSCRIBER_EXPORTED, member=self.member, about=str(uid), detail={"what": "everything"})
        return _file(_json(export_subscriber(person.id, self.now)), "application/json", f"person-{uid}.json")


class RecordsFile(StudioPage):
    """Their consents as ISO/IEC TS 27560 records."""

    needs = Power.SEE_SUBSCRIBER

    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        person = find_person(uid)
        record(
            Event.SUBSCRIBER_EXPORTED, member=self.member, about=str(uid), detail={"what": "consent_records"}
        )
        return _file(
            _json(export_consent_records(person.id, self.now)),
            "application/ld+json",
            f"consent-records-{uid}.jsonld",
        )


class ProofFile(StudioPage):
    """The proof for one list: on paper (`pdf`), or the file that is attached to it (`json`)."""

    needs = Power.SEE_SUBSCRIBER

    def get(self, request: HttpRequest, uid: UUID, purpose: str, form: str) -> HttpResponse:
        if form not in ("pdf", "json"):
            raise Http404
        person = find_person(uid)
        made = make_proof(person.id, purpose, self.now)
        record(
            Event.PROOF_EXPORTED, member=self.member, about=str(uid), detail={"list": purpose, "form": form}
        )
        if form == "pdf":
            return _file(made.pdf, "application/pdf", f"proof-{uid}.pdf")
        return _file(made.json, "application/json", f"proof-{uid}.json")


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _file(octets: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(octets, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
