"""`/studio/series/<slug>/<number>/`: one issue on a phone or a desktop, light or dark, and a test of it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from pipeline.actions.preview_issue import preview_issue
from pipeline.actions.send_test import send_test
from pipeline.core.address import parse
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.store import members
from pipeline.web.studio.page import StudioPage, done, show, tried

WIDTHS = {"phone": 375, "desktop": 700}
SCHEMES = ("light", "dark")


class IssuePage(StudioPage):
    needs = None
    needs_to_act = Power.SEND_TEST
    event = Event.TEST_SENT
    subject = "series:{slug}/{number}"

    def get(self, request: HttpRequest, slug: str, number: int) -> HttpResponse:
        return self._page(request, slug, number, self.request.user.email)  # type: ignore[union-attr]

    def post(self, request: HttpRequest, slug: str, number: int) -> HttpResponse:
        """Send a test to the member who asks, and remember where they want it."""
        address = request.POST.get("address", "").strip()[:320]

        def send() -> None:
            send_test(slug, number, address, self.member, self.now)
            members.keep_address(self.member, parse(address).mailbox)

        error, status = tried(send)
        if error:
            return self._page(request, slug, number, address, error, status)
        here = f"/studio/series/{slug}/{number}/?{urlencode(_looks(request))}"
        return done(
            request,
            here,
            f"A test is on its way to {address}. Its subject begins with [Test]; its links do nothing.",
        )

    def _page(
        self, request: HttpRequest, slug: str, number: int, address: str, error: str = "", status: int = 200
    ) -> HttpResponse:
        looks = _looks(request)
        return show(
            request,
            "issue.html",
            status,
            issue=preview_issue(slug, number, self.now),
            looks=looks,
            width=WIDTHS.get(looks["on"]),
            link=lambda **change: f"?{urlencode({**looks, **change})}",
            address=address,
            error=error,
        )


def _looks(request: HttpRequest) -> dict[str, str]:
    """How to show it, from the query; a phone in light colours unless asked otherwise."""
    on, colours = request.GET.get("on", ""), request.GET.get("colours", "")
    return {
        "on": on if on in (*WIDTHS, "text") else "phone",
        "colours": colours if colours in SCHEMES else "light",
    }
