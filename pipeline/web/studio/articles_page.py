"""`/studio/articles/`: all articles with their state, their review dates and what the checks found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from pipeline.actions.list_articles import list_articles
from pipeline.core.editorial.approval import WARN_BEFORE
from pipeline.web.studio.page import StudioPage, show


class ArticlesPage(StudioPage):
    needs = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return show(request, "articles.html", articles=list_articles(self.now), warn_days=WARN_BEFORE.days)
