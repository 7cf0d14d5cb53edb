"""`/studio/corrections/`: what was found wrong; `.../mark/`: stop something; `.../<number>/`: answer it;
`.../<number>/lift/`: nothing is wrong with it.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from pipeline.actions.correct import CheckedCorrection, check_correction
from pipeline.actions.count_reach import count_reach
from pipeline.actions.find_fault import find_fault
from pipeline.actions.lift_mark import lift_mark
from pipeline.actions.list_faults import letters_of, list_faults, titles_of
from pipeline.actions.mark_wrong import mark_wrong
from pipeline.actions.propose_correction import KIND, propose_correction, proposed_words
from pipeline.actions.recall import recall
from pipeline.actions.second_pair import needs_second_pair
from pipeline.actions.tell_readers import tell_readers
from pipeline.core.editorial.faults import FaultState, note
from pipeline.core.errors import BadInput, RoundsError
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.core.people.proposal import Proposal
from pipeline.store import articles, series
from pipeline.web.problem import problem
from pipeline.web.studio.page import StudioPage, done, proposed, show, status_of, tried

PATH = "/studio/corrections/"


class CorrectionsPage(StudioPage):
    needs = None

    def get(self, request: HttpRequest) -> HttpResponse:
        found = list_faults()
        return show(request, "corrections.html", faults=found, titles=titles_of(found))


class MarkWrongPage(StudioPage):
    """What it is about is one value of a list: `article/<slug>` or `issue/<series>/<number>`."""

    needs = Power.MARK_WRONG
    event = Event.MARKED_WRONG

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, request.GET.get("what", ""), "")

    def post(self, request: HttpRequest) -> HttpResponse:
        what, reason = request.POST.get("what", ""), request.POST.get("reason", "")[:4000]
        found: list[int] = []

        def mark() -> None:
            name, number = _what(what)
            fault, _ = mark_wrong(name, number, reason, self.member, self.now)
            found.append(fault.id)

        error, status = tried(mark)
        if error:
            return self._page(request, what, reason, error, status)
        return done(request, f"{PATH}{found[0]}/", "Stopped. Nothing more of it goes out.")

    def _page(
        self, request: HttpRequest, what: str, reason: str, error: str = "", status: int = 200
    ) -> HttpResponse:
        return show(
            request,
            "mark_wrong.html",
            status,
            choices=_choices(),
            what=what,
            reason=reason,
            error=error,
        )


class CorrectionPage(StudioPage):
    """GET shows whom it has reached. POST previews, corrects, recalls or tells; the audit log is told by itself."""

    needs = None
    needs_to_act = Power.SEND
    subject = "fault:{number}"

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        wrong, right = proposed_words(find_fault(number).id, self.now)
        return correction_page(self, number, wrong, right)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        find_fault(number)
        acts = {"preview": self._preview, "send": self._send, "recall": self._recall, "tell": self._tell}
        choice = request.POST.get("do", "")
        if choice not in acts:
            raise Http404
        wrong, right = (request.POST.get(name, "")[:4000] for name in ("wrong", "right"))
        try:
            return acts[choice](number, wrong, right)
        except RoundsError as error:
            if choice != "preview":
                event = {"recall": Event.RECALLED, "tell": Event.READERS_TOLD}.get(choice, Event.CORRECTED)
                self.audit(event, outcome="refused", detail={"status": status_of(error)})
            return correction_page(self, number, wrong, right, problem(error), status_of(error))

    def _preview(self, number: int, wrong: str, right: str) -> HttpResponse:
        checked = check_correction(number, wrong, right, self.now)
        return correction_page(self, number, wrong, right, checked=checked)

    def _send(self, number: int, wrong: str, right: str) -> HttpResponse:
        if self.request.POST.get("sure") != "yes":
            raise BadInput("Say that you have read the letter.", field="sure")
        made = propose_correction(number, wrong, right, self.member, self.now)
        if isinstance(made, Proposal):
            return done(self.request, f"/studio/approvals/{made.id}/", proposed(made.id))
        sentence = (
            "Corrected. The letters are on their way."
            if made.state is FaultState.CORRECTED
            else "Corrected. The letters follow as soon as nothing of the faulty version is on the wire."
        )
        return done(self.request, f"{PATH}{number}/", sentence)

    def _recall(self, number: int, wrong: str, right: str) -> HttpResponse:
        recall(number, self.member, self.now)
        self.audit(Event.RECALLED)
        return done(self.request, f"{PATH}{number}/", "Recalled. The archive says so; nobody gets a letter.")

    def _tell(self, number: int, wrong: str, right: str) -> HttpResponse:
        tell_readers(number, self.request.POST.get("words", "")[:4000], self.member, self.now)
        self.audit(Event.READERS_TOLD)
        return done(self.request, f"{PATH}{number}/", "Published. The archive shows it beside the text.")


class LiftMarkPage(StudioPage):
    """By POST alone: nothing is wrong with it."""

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it
    needs = Power.APPROVE_CONTENT
    event = Event.MARK_LIFTED
    subject = "fault:{number}"

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        reason = request.POST.get("reason", "")[:4000]
        error, status = tried(lambda: lift_mark(number, reason, self.member, self.now))
        if error:
            return correction_page(self, number, "", "", error, status)
        return done(request, f"{PATH}{number}/", "Lifted. What was stopped goes on.")


def correction_page(
    page: StudioPage,
    number: int,
    wrong: str,
    right: str,
    error: str = "",
    status: int = 200,
    checked: CheckedCorrection | None = None,
) -> HttpResponse:
    """Also what a button that was refused answers with."""
    fault = find_fault(number)
    context: dict[str, Any] = {
        "fault": fault,
        "title": titles_of([fault])[fault.id],
        "note": note(fault)[1],
        "told": fault.answer("told"),
        "told_words": page.request.POST.get("words", "")[:4000],
        "why": page.request.POST.get("reason", "")[:4000],
        "reach": checked.reach if checked else count_reach(fault, page.now),
        "campaigns": letters_of(fault),
        "newest": articles.latest(fault.article),
        "wrong_words": wrong,
        "right_words": right,
        "checked": checked,
        "two_people": needs_second_pair(KIND),
        "error": error,
    }
    return show(page.request, "correction.html", status, **context)


def _choices() -> list[tuple[str, str]]:
    """What can be chosen: each issue that a series has or had, then whole articles."""
    issues = [
        (f"issue/{slug}/{number}", f"{title}: issue {number}, {issue}")
        for slug, title, number, issue in series.every_issue()
    ]
    known = (stored for slug in articles.slugs() if (stored := articles.latest(slug)))
    whole = [(f"article/{each.article.slug}", f"The whole article: {each.article.title}") for each in known]
    return [*issues, *whole]


def _what(text: str) -> tuple[str, int | None]:
    match text.split("/"):
        case ["article", slug] if slug:
            return slug, None
        case ["issue", slug, number] if slug and number.isascii() and number.isdigit() and int(number) < 1000:
            return slug, int(number)
    raise BadInput("Choose what is wrong.", field="what")
