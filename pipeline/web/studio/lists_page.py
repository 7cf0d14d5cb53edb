"""`/studio/lists/`: the lists, with how many stand where."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.look_at_lists import look_at_lists
from pipeline.web.studio.page import StudioPage, show


class ListsPage(StudioPage):
    needs = None  # counts, and nobody's name

    def get(self, request: HttpRequest) -> HttpResponse:
        return show(request, "lists.html", lists=look_at_lists())
