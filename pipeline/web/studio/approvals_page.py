"""`/studio/approvals/`: what waits for a second person, what it is exactly, and the two buttons (S-14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from pipeline.actions.create_campaign import NewCampaign
from pipeline.actions.decide_proposal import approve, decline, find_proposal
from pipeline.actions.look_at_series import look_at_series
from pipeline.actions.propose_campaign import approve_campaign, wanted_of
from pipeline.core.delivery.schedule import Timing
from pipeline.core.errors import RoundsError
from pipeline.core.people.audit import Event
from pipeline.core.people.proposal import FOUR_EYES, Outcome, Proposal, ProposalKind, Standing, why_not
from pipeline.store import proposals, studio_audience
from pipeline.web.problem import problem
from pipeline.web.studio.page import StudioPage, done, no_power, show, status_of

MOST = 100
BADGES = {
    Standing.WAITING: ("waits for approval", "is-soon"),
    Standing.APPROVED: ("approved, not done yet", "is-busy"),
    Standing.DECLINED: ("declined", "is-quiet"),
    Standing.EXPIRED: ("too old", "is-quiet"),
    Standing.USED: ("approved and done", "is-good"),
    Standing.VOID: ("changed since", "is-quiet"),
}


class ApprovalsPage(StudioPage):
    """A member sees those that they could decide about."""

    needs = None

    def get(self, request: HttpRequest) -> HttpResponse:
        mine = [each for each in proposals.newest(MOST) if FOUR_EYES[each.kind] in self.powers]
        stands = {each.id: each.standing(self.now) for each in mine}
        waiting = [each for each in mine if stands[each.id] in (Standing.WAITING, Standing.APPROVED)]
        over = [each for each in mine if each not in waiting]
        context: dict[str, Any] = {
            "waiting": waiting,
            "over": over,
            "stands": stands,
            "badges": BADGES,
            "title": title,
        }
        return show(request, "approvals.html", **context)


class ApprovalPage(StudioPage):
    """`.../<number>/`: GET shows it, POST decides."""

    needs = None
    subject = "proposal:{number}"

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        proposal = find_proposal(number)
        return self._no_power(proposal) or self._page(proposal)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        if (refused := self._no_power(proposal := find_proposal(number))) is not None:
            return refused
        acts = {"approve": (self._approve, Event.APPROVED), "decline": (self._decline, Event.DECLINED)}
        if (choice := request.POST.get("do", "")) not in acts:
            self.audit(Event.ACCESS_REFUSED, outcome="refused", detail={"status": 404})
            raise Http404
        act, event = acts[choice]
        try:
            return act(proposal)
        except RoundsError as error:
            self.audit(event, outcome="refused", detail={"status": status_of(error)})
            return self._page(find_proposal(number), problem(error), status_of(error))

    def _no_power(self, proposal: Proposal) -> HttpResponse | None:
        power = FOUR_EYES[proposal.kind]
        if power in self.powers:
            return None
        self.audit(Event.ACCESS_REFUSED, outcome="refused", detail={"power": power.value})
        return no_power(self.request, power)

    def _approve(self, proposal: Proposal) -> HttpResponse:
        if proposal.kind is ProposalKind.SEND_TO_LIST:
            campaign = approve_campaign(proposal.id, self.member, self.now)
            return done(
                self.request,
                f"/studio/campaigns/{campaign.name}/",
                f"Approved and scheduled. The campaign is named {campaign.name}.",
            )
        approve(proposal.id, self.member, self.now)
        return done(
            self.request,
            "/studio/approvals/",
            f"Approved. {proposal.proposed_by} or you can do it now, once.",
        )

    def _decline(self, proposal: Proposal) -> HttpResponse:
        decline(proposal.id, self.member, self.now)
        return done(self.request, "/studio/approvals/", "Declined. It will not be done.")

    def _page(self, proposal: Proposal, error: str = "", status: int = 200) -> HttpResponse:
        context: dict[str, Any] = {
            "proposal": proposal,
            "title": title(proposal),
            "stands": proposal.standing(self.now),
            "may_not": why_not(proposal, Outcome.APPROVED, self.member, self.powers, self.now),
            "badge_of": BADGES[proposal.standing(self.now)],
            "facts": facts(proposal.parameters),
            "campaign": None,
            "error": error,
        }
        if proposal.kind is ProposalKind.SEND_TO_LIST:
            context |= self._campaign(wanted_of(proposal.parameters))
        return show(self.request, "approval.html", status, **context)

    def _campaign(self, wanted: NewCampaign) -> dict[str, Any]:
        """What the campaign is, for somebody who did not make it."""
        view = look_at_series(wanted.series, self.now)
        timing = Timing(
            wanted.weekday, wanted.at, wanted.zone, wanted.home_zone, wanted.start, wanted.every_day
        )
        try:
            rhythm = timing.cadence(self.now).in_words()
        except RoundsError as error:
            rhythm = str(error)
        audience = studio_audience.on_list(wanted.purpose, self.now)
        return {"campaign": wanted, "view": view, "rhythm": rhythm, "audience": audience}


def title(proposal: Proposal) -> str:
    """`Send to a list: breast-calcifications`."""
    said = proposal.kind.word[:1].upper() + proposal.kind.word[1:]
    names = (str(proposal.parameters[name]) for name in ("series", "title") if proposal.parameters.get(name))
    return ": ".join([said, *list(names)[:1]])


def facts(parameters: Mapping[str, object]) -> list[tuple[str, str]]:
    """The parameters as words; what is empty is left out."""
    return [
        (name.replace("_", " ").capitalize(), str(value))
        for name, value in parameters.items()
        if value not in (None, "", False)
    ]
