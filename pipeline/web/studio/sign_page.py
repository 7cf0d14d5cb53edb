"""`/studio/articles/<slug>/sign/`: a clinician signs exactly the words that this page showed (E-01)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from pipeline.actions.approve_article import approve_article
from pipeline.actions.look_at_article import look_at_article
from pipeline.actions.look_at_letters import look_at_letters
from pipeline.core.errors import BadInput, Refused
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.store import articles
from pipeline.web.studio.page import StudioPage, done, show, tried
from pipeline.web.studio.sensitive_page import SensitivePage

PARTICULARS = ("reviewer", "profession", "registration", "next_review")
LONGEST = 4000  # characters of one decision


class SignPage(SensitivePage):
    """Asks once more who is there, as changes to the account do: a signature is a person's own."""

    needs = Power.APPROVE_CONTENT
    event = Event.ARTICLE_APPROVED
    subject = "article:{slug}"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        last = articles.last_particulars(self.member)
        typed = {
            "reviewer": last.reviewer if last else "",
            "profession": last.profession if last else "",
            "registration": last.registration if last else "",
            "next_review": (self.now.date() + timedelta(365)).isoformat(),
        }
        return _page(self, request, slug, typed, {})

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        typed = {name: request.POST.get(name, "").strip()[:200] for name in PARTICULARS}
        reasons = _reasons(request)
        error, status = tried(lambda: self._sign(request, slug, typed, reasons))
        if error:
            return _page(self, request, slug, typed, reasons, error, status)
        return done(request, f"/studio/articles/{slug}/", "Signed off. Thank you.")

    def _sign(self, request: HttpRequest, slug: str, typed: dict[str, str], reasons: dict[str, str]) -> None:
        if request.POST.get("read") != "yes":
            raise BadInput("Say that you have read the article.", field="read")
        digest, letters = request.POST.get("digest", ""), request.POST.get("letters", "")
        if len(digest) != 64 or len(letters) != 64:
            raise Refused("This page does not say which words it showed. Open it again, and read them.")
        approve_article(
            slug,
            typed["reviewer"],
            typed["profession"],
            typed["registration"],
            _day(typed["next_review"]),
            self.now,
            digest=digest,
            letters=letters,
            without=request.POST.getlist("without"),
            decisions=reasons,
            member=self.member,
            demonstration=request.POST.get("demonstration") == "yes",
        )


def _reasons(request: HttpRequest) -> dict[str, str]:
    """What the clinician wrote about each finding, by the key that stands beside it in the form: what the page showed
    is what is decided, whatever was found since.
    """
    return {
        request.POST[name][:LONGEST]: request.POST.get(f"decision-{number}", "").strip()[:LONGEST]
        for name in request.POST
        if (number := name.removeprefix("about-")) != name
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("Give the day of the next review, such as 2027-11-01.", field="next_review") from None


def _page(
    page: StudioPage,
    request: HttpRequest,
    slug: str,
    typed: dict[str, str],
    reasons: dict[str, str],
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    view = look_at_article(slug, page.now)
    context: dict[str, Any] = {
        "view": view,
        "letters": look_at_letters(view.stored),
        "without": request.POST.getlist("without"),
        "typed": typed,
        "reasons": reasons,
        "demonstration": request.POST.get("demonstration") == "yes",
        "error": error,
    }
    return show(request, "sign.html", status, **context)
