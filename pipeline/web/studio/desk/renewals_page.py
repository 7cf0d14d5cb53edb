"""`/studio/renewals/`: whose yes ends soon, whom it touches to ask them again, and asking them (C-09)."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from pipeline.actions.ask_early import Asking, ask_early, preview_asking
from pipeline.actions.list_expiring import list_expiring
from pipeline.core.consent.renewal import ASK_BEFORE
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.store import consent
from pipeline.web.studio.desk import words as desk
from pipeline.web.studio.page import StudioPage, done, show, tried

HERE = "/studio/renewals/"
WITHIN = (30, 60, 90, 180, 365)  # days
USUAL = 60


class RenewalsPage(StudioPage):
    needs = Power.SEE_SUBSCRIBER
    seen = Event.RENEWALS_VIEWED
    subject = "yeses that end"

    def get(self, request: HttpRequest) -> HttpResponse:
        days = _days(request.GET.get("within", ""), USUAL)
        return show(
            request,
            "desk/renewals.html",
            desk=desk,
            within=WITHIN,
            days=days,
            report=list_expiring(timedelta(days=days), self.now),
            asking=preview_asking(timedelta(days=days), self.now),
            usual=ASK_BEFORE.days,
            titles=consent.list_titles(consent.purpose_ids()),
        )


class AskEarlyPage(StudioPage):
    """`.../ask/`: GET says whom it touches, POST has them asked."""

    needs = Power.CHANGE_CONSENT
    event = Event.RENEWALS_ASKED
    subject = "yeses that end"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, _days(request.GET.get("within", ""), USUAL))

    def post(self, request: HttpRequest) -> HttpResponse:
        days, asked = _days(request.POST.get("within", ""), 0), list[Asking]()

        def ask() -> None:
            people = request.POST.get("people", "")
            if not days or not (people.isascii() and people.isdigit() and len(people) < 10):
                raise BadInput(
                    "The form is not whole. Look at the numbers again, and press the button below them."
                )
            if request.POST.get("sure") != "yes":
                raise BadInput(
                    "Tick the box if you are sure: a letter that has left does not come back.", field="sure"
                )
            asked.append(ask_early(timedelta(days=days), self.now, people=int(people)))

        error, status = tried(ask)
        if error:
            return self._page(request, days or USUAL, error, status)
        said = f"Asking {asked[0].people} of them, within the next minutes."
        return done(request, f"{HERE}?within={days}", said)

    def _page(self, request: HttpRequest, days: int, error: str = "", status: int = 200) -> HttpResponse:
        asking = preview_asking(timedelta(days=days), self.now)
        return show(request, "desk/ask_early.html", status, desk=desk, days=days, asking=asking, error=error)


def _days(text: str, otherwise: int) -> int:
    return next((days for days in WITHIN if str(days) == text), otherwise)
