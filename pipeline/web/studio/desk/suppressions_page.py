"""`/studio/suppressions/`: who is not written to, and why. Masked, by the page; by address with a POST."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.find_person import Found
from pipeline.actions.list_suppressions import list_suppressions
from pipeline.actions.record_audit import record
from pipeline.core.consent.suppression import Reason
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.store import consent
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.desk.people_page import LONGEST, look_up
from pipeline.web.studio.page import StudioPage, show


class SuppressionsPage(StudioPage):
    needs = Power.SEE_SUBSCRIBER

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Is this address suppressed? Known and unknown ones get the same page."""
        typed = request.POST.get("address", "")[:LONGEST]
        found, error, status = look_up(self, typed)
        return self._page(request, found, typed, error, status)

    def _page(
        self,
        request: HttpRequest,
        found: Found | None = None,
        typed: str = "",
        error: str = "",
        status: int = 200,
    ) -> HttpResponse:
        reason = next((one for one in Reason if one.value == request.GET.get("reason")), None)
        number = request.GET.get("page", "1")
        page = list_suppressions(
            int(number) if number.isdecimal() and len(number) < 9 else 1, self.now, reason
        )
        detail = {"page": page.number, "reason": reason.value if reason else "every"}
        record(Event.SUPPRESSIONS_VIEWED, member=self.member, detail=detail)
        return show(
            request,
            "desk/suppressions.html",
            status,
            desk=desk,
            page=page,
            titles=consent.list_titles(consent.purpose_ids()),
            found=found,
            typed=typed,
            error=error,
        )
