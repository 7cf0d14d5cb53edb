"""`/studio/articles/<slug>/`: an article whole, as it will read, and the buttons that move it to its review."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from pipeline.actions.look_at_article import look_at_article
from pipeline.actions.send_back_article import send_back_article
from pipeline.actions.submit_article import submit_article
from pipeline.actions.withdraw_approval import withdraw_approval
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.studio.page import StudioPage, done, show, tried


class ArticlePage(StudioPage):
    needs = None

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return article_page(self, request, slug)


class _Move(StudioPage):
    """A button of the page, by POST alone."""

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it
    subject = "article:{slug}"

    def _moved(self, slug: str, act: Callable[[], str], sentence: str) -> HttpResponse:
        error, status = tried(act)
        if error:
            return article_page(self, self.request, slug, error, status)
        return done(self.request, f"/studio/articles/{slug}/", sentence)


class SubmitArticle(_Move):
    needs = Power.EDIT_SERIES
    event = Event.ARTICLE_SUBMITTED

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        remarks = request.POST.get("remarks", "")[:4000]
        return self._moved(
            slug,
            lambda: submit_article(slug, self.member, self.now, remarks=remarks),
            "Submitted. A clinician finds it under Articles.",
        )


class SendBackArticle(_Move):
    needs = Power.APPROVE_CONTENT
    event = Event.ARTICLE_SENT_BACK

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        remarks = request.POST.get("remarks", "")[:4000]
        return self._moved(
            slug, lambda: send_back_article(slug, remarks, self.member, self.now), "Sent back to its editor."
        )


class WithdrawApproval(_Move):
    needs = Power.APPROVE_CONTENT
    event = Event.APPROVAL_WITHDRAWN

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        reason = request.POST.get("reason", "")[:4000]
        return self._moved(
            slug,
            lambda: withdraw_approval(
                slug, reason, self.member, self.now, shown=request.POST.get("signed", "")[:64]
            ),
            "Withdrawn. Whatever was made from those words waits from now on.",
        )


def article_page(
    page: StudioPage, request: HttpRequest, slug: str, error: str = "", status: int = 200
) -> HttpResponse:
    """Also what a button that was refused answers with."""
    typed = {name: request.POST.get(name, "")[:4000] for name in ("remarks", "reason")}
    return show(
        request, "article.html", status, view=look_at_article(slug, page.now), typed=typed, error=error
    )
