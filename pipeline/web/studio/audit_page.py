"""`/studio/audit/`: the audit log, by member, event, day and subject (S-15). It shows no address."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from pipeline.actions.read_audit import a_day, read_audit
from pipeline.core.errors import BadInput, RoundsError
from pipeline.core.people.audit import MEMBER, Event, Line
from pipeline.core.people.powers import Power
from pipeline.store import members
from pipeline.store.audit import Wanted
from pipeline.web.studio.page import StudioPage, show, status_of

PAGE = 50
FIELDS = ("member", "event", "day", "about")


class AuditPage(StudioPage):
    needs = Power.SEE_AUDIT
    seen = Event.AUDIT_VIEWED

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "").replace("\0", "").strip()[:200] for name in FIELDS}
        lines: list[Line] = []
        error, status = "", 200
        try:
            lines = read_audit(_wanted(asked, request.GET.get("before", "")), PAGE + 1)
        except RoundsError as problem:
            error, status = str(problem), status_of(problem)
        older = ""
        if len(lines) > PAGE:
            older = f"?{urlencode({**asked, 'before': lines[PAGE - 1].seq})}"
        context = {
            "lines": lines[:PAGE],
            "asked": asked,
            "members": [each.name for each in members.with_roles()],
            "events": [event.value for event in Event],
            "older": older,
            "error": error,
        }
        return show(request, "audit.html", status, **context)


def _wanted(asked: dict[str, str], before: str) -> Wanted:
    if "@" in asked["about"] and not asked["about"].startswith(MEMBER):
        raise BadInput(
            "An address would stand in the address of this page. On the server: rounds audit show --about ADDRESS."
        )
    since, until = a_day(asked["day"]) if asked["day"] else (None, None)
    last = int(before) if before.isdecimal() and len(before) < 19 else None
    return Wanted(asked["member"], asked["event"], asked["about"], since, until, last)
