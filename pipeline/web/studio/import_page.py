"""`/studio/lists/<purpose>/import/`: a list is uploaded with what is said of it, checked, looked at, and brought in."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

from pipeline.actions.drop_import import drop_import
from pipeline.actions.look_at_lists import look_at_import, look_at_list, notices_of
from pipeline.actions.queue_import import queue_import, refused_of
from pipeline.actions.record_audit import record
from pipeline.actions.start_import import start_or_propose_import
from pipeline.actions.survey_list import ImportOptions
from pipeline.core.consent.lists.dialects import Said
from pipeline.core.errors import BadInput, NotFound, RoundsError
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.settings import current
from pipeline.store import list_imports
from pipeline.web.problem import problem
from pipeline.web.studio.page import StudioPage, done, proposed, show, status_of
from pipeline.web.studio.upload import UploadPage

FIELDS = ("evidence", "notice", "collected_from", "collected_until", "decision", "all_are")
ALL_ARE = {
    Said.YES: "Said yes, unless a row says otherwise",
    Said.UNSUBSCRIBED: "Unsubscribed",
    Said.COMPLAINED: "Complained",
    Said.BOUNCED: "Bounced",
    Said.BLOCKED: "Must not be written to at all",
}


class ImportPage(UploadPage):
    needs = Power.IMPORT_SUBSCRIBERS

    def get(self, request: HttpRequest, purpose: str) -> HttpResponse:
        return self._page(request, purpose)

    def most_megabytes(self) -> int:
        return current().import_mb

    def too_large(self, request: HttpRequest) -> HttpResponse:
        told = (
            f"The file is larger than {current().import_mb} MB, which is the limit here. Split it, or import it on"
            " the server: rounds subscribers import."
        )
        return self._page(request, self.kwargs["purpose"], told, 413, read=False)

    def uploaded(self, request: HttpRequest) -> HttpResponse:
        purpose: str = self.kwargs["purpose"]
        look_at_list(purpose)
        try:
            options = _options(purpose, {name: request.POST.get(name, "") for name in FIELDS})
            file = request.FILES.get("list")
            if file is None:
                raise BadInput("Choose the file of the list.", field="list")
            made = queue_import(file.chunks(), file.name or "", options, self.member, self.now)
        except RoundsError as error:
            return self._page(request, purpose, problem(error), status_of(error))
        return done(
            request,
            f"/studio/lists/{purpose}/import/{made.uid}/",
            "The list is here. Nothing of it is imported before you have seen the report.",
        )

    def _page(
        self, request: HttpRequest, purpose: str, error: str = "", status: int = 200, *, read: bool = True
    ) -> HttpResponse:
        asked = {
            name: request.POST.get(name, "") if read and request.method == "POST" else "" for name in FIELDS
        }
        return show(
            request,
            "list_import.html",
            status,
            list=look_at_list(purpose),
            notices=notices_of(purpose),
            imports=list_imports.of_purpose(purpose),
            asked=asked,
            all_are=ALL_ARE,
            limit=current().import_mb,
            today=self.now.date(),
            error=error,
        )


class ImportReportPage(StudioPage):
    """`.../import/<uid>/`: how far it is, and what it found. It refreshes itself while a worker is at it."""

    needs = Power.IMPORT_SUBSCRIBERS

    def get(self, request: HttpRequest, purpose: str, uid: UUID) -> HttpResponse:
        return _report_page(request, purpose, uid)


class ImportProgress(StudioPage):
    """`.../import/<uid>/live/`: how far it is alone, which the page fetches every two seconds."""

    needs = Power.IMPORT_SUBSCRIBERS

    def get(self, request: HttpRequest, purpose: str, uid: UUID) -> HttpResponse:
        return show(request, "import_live.html", view=look_at_import(purpose, uid))


class DecideImport(StudioPage):
    """`.../import/<uid>/start/` and `.../drop/`, by POST alone."""

    needs = Power.IMPORT_SUBSCRIBERS

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest, purpose: str, uid: UUID, verb: str) -> HttpResponse:
        kept = look_at_import(purpose, uid).kept
        acts = {
            "start": (start_or_propose_import, "The import runs. You may close this page: it goes on."),
            "drop": (drop_import, "Dropped. The file is deleted, and nothing was imported."),
        }
        act, sentence = acts[verb]
        try:
            proposal = act(kept, self.member, self.now)
        except RoundsError as error:
            return _report_page(request, purpose, uid, problem(error), status_of(error))
        if proposal is not None:
            return done(request, f"/studio/approvals/{proposal.id}/", proposed(proposal.id))
        return done(request, f"/studio/lists/{purpose}/import/{uid}/", sentence)


class RefusedRowsFile(StudioPage):
    """`.../import/<uid>/refused/`: the rows to correct."""

    needs = Power.IMPORT_SUBSCRIBERS

    def get(self, request: HttpRequest, purpose: str, uid: UUID) -> HttpResponseBase:
        if not look_at_import(purpose, uid).refused_file:
            raise NotFound("There are no refused rows, or they are a day old and deleted.")
        record(Event.REFUSED_ROWS_READ, member=self.member, about=str(uid))
        file = refused_of(uid).open("rb")
        return FileResponse(
            file, as_attachment=True, filename="refused.csv", content_type="text/csv; charset=utf-8"
        )


def _report_page(
    request: HttpRequest, purpose: str, uid: UUID, error: str = "", status: int = 200
) -> HttpResponse:
    view = look_at_import(purpose, uid)
    return show(
        request,
        "import_report.html",
        status,
        list=look_at_list(purpose),
        view=view,
        all_are=ALL_ARE,
        error=error,
    )


def _options(purpose: str, typed: dict[str, Any]) -> ImportOptions:
    if typed["all_are"] not in set(Said):
        raise BadInput("Choose what the rows of the list are.", field="all_are")
    return ImportOptions(
        purpose,
        typed["evidence"],
        typed["notice"].strip()[:80],
        _day("collected_from", typed),
        _day("collected_until", typed),
        typed["decision"],
        typed["all_are"],
    )


def _day(field: str, typed: dict[str, Any]) -> date | None:
    text = typed[field]
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise BadInput(f"{text[:20]!r} is no day. Write it as 2026-03-14.", field=field) from None
