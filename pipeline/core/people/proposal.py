"""Four eyes: one member proposes exactly this, another approves it, and it is done once (S-14, ASVS 2.3.5).

What is kept is append-only: a proposal, and at most two decisions about it. Where it stands is folded from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.core.people.powers import Power

LIFE = timedelta(hours=72)  # from the proposal, for approving and for using


class ProposalKind(StrEnum):
    """What nobody does alone."""

    SEND_TO_LIST = "send_to_list"
    SEND_CORRECTION = "send_correction"
    LIFT_SUPPRESSION = "lift_suppression"
    EXPORT_SUBSCRIBERS = "export_subscribers"
    IMPORT_SUBSCRIBERS = "import_subscribers"

    @property
    def word(self) -> str:
        """`send to a list`, as a page says it."""
        return _WORDS[self]


_WORDS = {
    ProposalKind.SEND_TO_LIST: "send to a list",
    ProposalKind.SEND_CORRECTION: "send a correction",
    ProposalKind.LIFT_SUPPRESSION: "lift a suppression",
    ProposalKind.EXPORT_SUBSCRIBERS: "export subscribers",
    ProposalKind.IMPORT_SUBSCRIBERS: "import subscribers",
}

# The power that both of the two need.
FOUR_EYES: Mapping[ProposalKind, Power] = {
    ProposalKind.SEND_TO_LIST: Power.SEND,
    ProposalKind.SEND_CORRECTION: Power.SEND,
    ProposalKind.LIFT_SUPPRESSION: Power.LIFT_SUPPRESSION,
    ProposalKind.EXPORT_SUBSCRIBERS: Power.EXPORT_SUBSCRIBERS,
    ProposalKind.IMPORT_SUBSCRIBERS: Power.IMPORT_SUBSCRIBERS,
}


class Outcome(StrEnum):
    """What a decision says. The first two are given by a person; of the others one ends the proposal."""

    APPROVED = "approved"
    DECLINED = "declined"
    USED = "used"
    VOID = "void"  # what it is about has changed


class Standing(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    EXPIRED = "expired"
    USED = "used"
    VOID = "void"


# Which decision may follow on which standing: every other pair is refused.
FOLLOWS: Mapping[tuple[Standing, Outcome], Standing] = {
    (Standing.WAITING, Outcome.APPROVED): Standing.APPROVED,
    (Standing.WAITING, Outcome.DECLINED): Standing.DECLINED,
    (Standing.WAITING, Outcome.VOID): Standing.VOID,
    (Standing.APPROVED, Outcome.USED): Standing.USED,
    (Standing.APPROVED, Outcome.VOID): Standing.VOID,
}


@dataclass(frozen=True, slots=True)
class Decision:
    outcome: Outcome
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """`digest` (SHA-256, 32 bytes) is over exactly what is to be done; `parameters` say it to a person, without any
    address. `decisions` are in their order.
    """

    id: int
    kind: ProposalKind
    parameters: Mapping[str, object]
    digest: bytes
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    decisions: tuple[Decision, ...] = field(default=())

    def standing(self, now: datetime) -> Standing:
        """Where it stands: folded from its decisions, and from the clock while none has ended it."""
        stands = Standing.WAITING
        for decision in self.decisions:
            stands = FOLLOWS.get((stands, decision.outcome), stands)
        if stands in (Standing.WAITING, Standing.APPROVED) and now >= self.expires_at:
            return Standing.EXPIRED
        return stands

    def said(self, outcome: Outcome) -> Decision | None:
        return next((each for each in self.decisions if each.outcome is outcome), None)


def why_not(
    proposal: Proposal, outcome: Outcome, member: str, powers: frozenset[Power], now: datetime
) -> str:
    """A sentence if `member` may not decide so, else empty.

    Who proposed may take it back by declining, and may not approve. An approval is used by one of the two.
    """
    stands = proposal.standing(now)
    if (stands, outcome) not in FOLLOWS:
        return _ENDED[stands]
    if FOUR_EYES[proposal.kind] not in powers:
        return f"Deciding this needs the power to {proposal.kind.word}, which you do not have."
    if outcome is Outcome.APPROVED and member == proposal.proposed_by:
        return "You proposed this. A second person has to approve it."
    if outcome is Outcome.USED and member not in (proposal.proposed_by, _approver(proposal)):
        return "Only one of the two who proposed and approved this may do it."
    return ""


def _approver(proposal: Proposal) -> str:
    approved = proposal.said(Outcome.APPROVED)
    return approved.by if approved else ""


_ENDED = {
    Standing.WAITING: "Nobody has approved this yet.",
    Standing.APPROVED: "This has been approved already.",
    Standing.DECLINED: "This was declined. Propose it again if it is still wanted.",
    Standing.EXPIRED: "This was proposed more than 72 hours ago and counts no more. Propose it again.",
    Standing.USED: "This was approved and done. An approval is good once: propose it again.",
    Standing.VOID: "What this is about has changed since, so that it counts no more. Propose it again.",
}
