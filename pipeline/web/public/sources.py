"""All the sources of a series (`/read/<code>/sources`): where each mark of an issue leads on to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.read_sources import read_sources
from pipeline.core.content.references.identifiers import host_of
from pipeline.core.message.context import long_date
from pipeline.web.public.page import PublicPage

GRADES = {
    "guideline": "A guideline, a health service or a systematic review",
    "peer-reviewed": "A journal or a reviewed book",
    "charity": "A charity",
    "commercial": "A clinic or a company",
    "uncheckable": "",
}


class SourcesPage(PublicPage):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        shown = read_sources(code)
        sources = [
            {
                "source": source,
                "host": host_of(source.url) if source.url else "",
                "accessed": long_date(source.accessed),
                "grade": GRADES[source.grade],
            }
            for source in shown.sources
        ]
        context = {"title": shown.title, "language": shown.language, "code": code, "sources": sources}
        return render(request, "public/sources.html", context)
