"""`/studio/suppressions/`: who is not written to, and why. Masked, by the page; by address with a POST."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.find_person import Found, find_address
from pipeline.actions.list_suppressions import list_suppressions
from pipeline.actions.record_audit import record
from pipeline.core.consent.desk_event import DeskEvent
from pipeline.core.consent.suppression import Reason
from pipeline.store import consent
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.desk.people_page import LONGEST
from pipeline.web.studio.page import StudioPage, show, tried


class SuppressionsPage(StudioPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Is this address suppressed? Known and unknown ones get the same page."""
        typed = request.POST.get("address", "")[:LONGEST]
        answers: list[Found] = []
        error, status = tried(lambda: answers.append(find_address(typed, self.now)))
        return self._page(request, answers[0] if answers else None, typed, error, status)

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
        record(DeskEvent.SUPPRESSIONS_SEEN, member=self.member, detail=detail)
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
