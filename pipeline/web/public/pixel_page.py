"""`/o/<token>`: a transparent picture of one pixel, the same for every token, ours or not (C-31, C-32)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.note_open import note_open
from pipeline.core.message.pixel import GIF
from pipeline.gateways import clock
from pipeline.web.public.page import PublicPage


class PixelPage(PublicPage):
    """It is served also while nothing is measured: letters that are out there ask for it for ever."""

    takes_any_token = True
    http_method_names = ["get", "head"]  # noqa: RUF012 - as Django declares it

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        note_open(token, clock.now())
        return _picture()

    def head(self, request: HttpRequest, token: str) -> HttpResponse:
        return _picture()


def _picture() -> HttpResponse:
    return HttpResponse(GIF, content_type="image/gif", headers={"Cache-Control": "no-store"})
