"""`/studio/lists/<purpose>/export/`: a list given out as a file. By POST alone, since it is an act."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from pipeline.actions.export_subscribers import ExportOptions, export_subscribers
from pipeline.actions.look_at_lists import look_at_list
from pipeline.web.studio.lists_page import AdminsPage
from pipeline.web.studio.page import show

KINDS = {
    "excel": ("CSV for Excel", ExportOptions(bom=True)),
    "csv": ("CSV", ExportOptions()),
    "json": ("JSON lines", ExportOptions(as_json=True)),
    "suppressions": ("The suppression list of all lists", ExportOptions(suppressions=True)),
}


class ExportPage(AdminsPage):
    def get(self, request: HttpRequest, purpose: str) -> HttpResponse:
        return show(request, "list_export.html", list=look_at_list(purpose), kinds=KINDS, error="")

    def post(self, request: HttpRequest, purpose: str) -> HttpResponseBase:
        found = KINDS.get(request.POST.get("kind", ""))
        view = look_at_list(purpose)
        if found is None:
            told = "Choose what to write."
            return show(request, "list_export.html", 400, list=view, kinds=KINDS, error=told)
        kind = found[1]
        options = ExportOptions(
            "" if kind.suppressions else purpose, kind.suppressions, kind.as_json, kind.bom
        )
        content = "application/jsonl" if options.as_json else "text/csv; charset=utf-8"
        lines = export_subscribers(options, self.member, self.now)
        response = StreamingHttpResponse((line.encode() for line in lines), content_type=content)
        response.headers["Content-Disposition"] = f'attachment; filename="{options.file_name}"'
        return response
