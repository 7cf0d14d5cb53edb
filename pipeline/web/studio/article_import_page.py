"""`/studio/import/`: an article is uploaded or named by its address, read, looked at, and taken in as a draft."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from pipeline.actions.look_at_offer import look_at_offer
from pipeline.actions.offer_articles import (
    BY_COMMAND,
    LARGEST_MANY,
    MOST_ARTICLES,
    offer_address,
    offer_upload,
)
from pipeline.actions.take_offer import take_offer
from pipeline.core.errors import RoundsError
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.gateways import files
from pipeline.web.problem import problem
from pipeline.web.studio.page import StudioPage, done, show, status_of
from pipeline.web.studio.upload import UploadPage

MEGABYTE = 1024 * 1024


class ArticleImportPage(UploadPage):
    """It writes its line of the log by itself: what comes from elsewhere than our own form is no act of a member."""

    needs = Power.EDIT_SERIES
    subject = "import"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def most_megabytes(self) -> int:
        return LARGEST_MANY // MEGABYTE

    def too_large(self, request: HttpRequest) -> HttpResponse:
        told = (
            f"The file is larger than {self.most_megabytes()} MB, which is the limit here. Split it."
            f" {BY_COMMAND} FILE."
        )
        return self._page(request, told, 413)

    def uploaded(self, request: HttpRequest) -> HttpResponse:
        file, address = request.FILES.get("file"), request.POST.get("address", "")
        try:
            if file is not None:
                uid = offer_upload(file.chunks(), file.name or "", self.member, self.now)
            else:
                uid = offer_address(address, self.member, self.now)
        except RoundsError as error:
            self.audit(Event.ARTICLE_OFFERED, outcome="refused", detail={"status": status_of(error)})
            return self._page(request, problem(error), status_of(error), address)
        self.audit(Event.ARTICLE_OFFERED, about=f"import:{uid}")
        return done(
            request, f"/studio/import/{uid}/", "Read. Nothing is taken in before you have looked at it."
        )

    def _page(
        self, request: HttpRequest, error: str = "", status: int = 200, address: str = ""
    ) -> HttpResponse:
        return show(
            request,
            "article_import.html",
            status,
            address=address[:2000],
            error=error,
            one=files.LARGEST // MEGABYTE,
            many=LARGEST_MANY // MEGABYTE,
            most=MOST_ARTICLES,
        )


class OfferPage(StudioPage):
    """`/studio/import/<uid>/`: each article that was read, what would be made of it, and what the checks found."""

    needs = Power.EDIT_SERIES

    def get(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        return _offer_page(self, request, uid)


class TakeOffer(StudioPage):
    """`.../take/`, by POST alone."""

    needs = Power.EDIT_SERIES
    event = Event.ARTICLE_IMPORTED
    subject = "import:{uid}"

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        chosen, instead = (_numbers(request.POST.getlist(name)) for name in ("take", "instead"))
        try:
            fresh = take_offer(uid, chosen, self.member, self.now, instead=instead)
        except RoundsError as error:
            if status_of(error) == 404:
                raise
            return _offer_page(self, request, uid, problem(error), status_of(error))
        said = (
            "Done. What became of each article is below."
            if fresh
            else "This was taken in already, and once is enough: nothing was done twice."
        )
        return done(request, f"/studio/import/{uid}/", said)


def _numbers(typed: list[str]) -> set[int]:
    return {int(each) for each in typed if each.isascii() and each.isdigit() and len(each) < 6}


def _offer_page(
    page: StudioPage, request: HttpRequest, uid: UUID, error: str = "", status: int = 200
) -> HttpResponse:
    view = look_at_offer(uid, page.now)
    return show(request, "article_offer.html", status, view=view, error=error, by_command=BY_COMMAND)
