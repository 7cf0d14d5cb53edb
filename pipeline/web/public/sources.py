"""All the sources of a series (`/read/<code>/sources`): where each mark of an issue leads on to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.read_sources import SourceShown, read_sources
from pipeline.core.content.references.identifiers import address_key, host_of
from pipeline.core.message.context import long_date
from pipeline.web.public.page import PublicPage


class SourcesPage(PublicPage):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        shown = read_sources(code)
        sources = [
            {"source": source, "links": _links(source), "accessed": long_date(source.accessed)}
            for source in shown.sources
        ]
        context = {
            "title": shown.title,
            "language": shown.language,
            "code": code,
            "sources": sources,
            "letters": shown.letters,
        }
        return render(request, "public/sources.html", context)


def _links(source: SourceShown) -> list[tuple[str, str]]:
    """(words, address) of each way to the source, none twice."""
    known = [
        (f"DOI {source.doi[0]}", source.doi[1]) if source.doi else None,
        (f"PubMed {source.pubmed[0]}", source.pubmed[1]) if source.pubmed else None,
        (f"Read it at {host_of(source.url)}", source.url) if source.url else None,
    ]
    by_address = {address_key(each[1]): each for each in reversed(known) if each}
    return list(reversed(by_address.values()))
