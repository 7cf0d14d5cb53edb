"""`/studio/lists/<purpose>/export/`: a list given out as a file. By POST alone, since it is an act."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from pipeline.actions.ask_second_pair import ask_second_pair
from pipeline.actions.export_subscribers import ExportOptions, export_subscribers
from pipeline.actions.look_at_lists import ListView, look_at_list
from pipeline.actions.second_pair import use_approval
from pipeline.core.errors import Refused
from pipeline.core.people.powers import Power
from pipeline.core.people.proposal import ProposalKind
from pipeline.web.problem import Problem, problem
from pipeline.web.studio.page import StudioPage, done, proposed, show

KIND = ProposalKind.EXPORT_SUBSCRIBERS
KINDS = {
    "excel": ("CSV for Excel", ExportOptions(bom=True)),
    "csv": ("CSV", ExportOptions()),
    "json": ("JSON lines", ExportOptions(as_json=True)),
    "suppressions": ("The suppression list of all lists", ExportOptions(suppressions=True)),
}


class ExportPage(StudioPage):
    needs = Power.EXPORT_SUBSCRIBERS

    def get(self, request: HttpRequest, purpose: str) -> HttpResponse:
        return _page(request, look_at_list(purpose))

    def post(self, request: HttpRequest, purpose: str) -> HttpResponseBase:
        found = KINDS.get(request.POST.get("kind", ""))
        view = look_at_list(purpose)
        if found is None:
            return _page(request, view, Problem("Choose what to write.", "kind"), 400)
        kind = found[1]
        options = ExportOptions(
            "" if kind.suppressions else purpose, kind.suppressions, kind.as_json, kind.bom
        )
        said: dict[str, object] = {"list": options.purpose or "all", "what": found[0]}
        digest = bytes.fromhex(options.digest)
        try:
            if proposal := ask_second_pair(KIND, said, digest, self.member, self.now):
                return done(request, f"/studio/approvals/{proposal.id}/", proposed(proposal.id))
            use_approval(KIND, digest, self.member, self.now)
        except Refused as error:
            return _page(request, view, problem(error), 409)
        content = "application/jsonl" if options.as_json else "text/csv; charset=utf-8"
        lines = export_subscribers(options, self.member, self.now)
        response = StreamingHttpResponse((line.encode() for line in lines), content_type=content)
        response.headers["Content-Disposition"] = f'attachment; filename="{options.file_name}"'
        return response


def _page(request: HttpRequest, view: ListView, error: str = "", status: int = 200) -> HttpResponse:
    kind = request.POST.get("kind", "")
    chosen = kind if kind in KINDS else ""
    return show(request, "list_export.html", status, list=view, kinds=KINDS, chosen=chosen, error=error)
