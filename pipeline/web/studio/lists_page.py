"""`/studio/lists/`: the lists, with how many stand where. And what the pages below it share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from pipeline.actions.look_at_lists import look_at_lists
from pipeline.web.studio.page import StudioPage, show

NOT_AN_ADMIN = "Only an admin brings a list in, or gives one out."


class AdminsPage(StudioPage):
    """Whoever is no admin gets the lists and a sentence."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.is_staff:
            refused = lists_page(request, NOT_AN_ADMIN, 403)
            refused.headers["Cache-Control"] = "no-store"
            return refused
        return super().dispatch(request, *args, **kwargs)


class ListsPage(StudioPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return lists_page(request)


def lists_page(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    """The page, with the sentence of what went wrong if something did."""
    return show(request, "lists.html", status, lists=look_at_lists(), error=error)
