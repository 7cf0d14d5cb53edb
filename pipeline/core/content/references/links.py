"""What became of asking for the address of a reference, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.content.article import Finding, Reference, Severity

DEAD_RULE = "dead-link"
MOVED_RULE = "moved-link"
UNSURE_RULE = "unchecked-link"


class LinkState(StrEnum):
    LIVE = "live"
    MOVED = "moved"  # it answers, at another address
    DEAD = "dead"  # the server says that there is no such page
    NO_HOST = "no host"  # no server has that name
    UNSURE = "unsure"  # it did not answer, or answers only to people


@dataclass(frozen=True, slots=True)
class LinkAnswer:
    """`why` is the end of "the address of reference 2 ..."; `status` is HTTP's, where there was one; `at` is where a
    moved page stands now."""

    state: LinkState
    why: str
    status: int | None = None
    at: str = ""


def of_status(status: int) -> tuple[LinkState, str]:
    """What a last answer means. 404 and 410 say that nothing is there (RFC 9110 15.5); many servers answer programs
    with 403, 429 or 503 where people get the page."""
    if status in (404, 410):
        return LinkState.DEAD, f"answers {status}: there is no such page"
    if 200 <= status < 400:
        return LinkState.LIVE, "answers"
    return LinkState.UNSURE, f"answers {status}, which may be for programs alone. Open it and see"


def believable(answers: Mapping[str, LinkAnswer]) -> dict[str, LinkAnswer]:
    """The answers as they can be told: where no name at all, of several, was found, it is we who are cut off."""
    if len(answers) > 1 and all(answer.state is LinkState.NO_HOST for answer in answers.values()):
        alone = LinkAnswer(LinkState.UNSURE, "was not found, nor was any other: this machine may be cut off")
        return dict.fromkeys(answers, alone)
    return dict(answers)


def link_finding(reference: Reference, url: str, answer: LinkAnswer) -> Finding | None:
    """What an editor should know; None for a link that lives."""
    about = f"The address of reference {reference.number} {answer.why}."
    match answer.state:
        case LinkState.LIVE:
            return None
        case LinkState.MOVED:
            return _finding(MOVED_RULE, Severity.C, reference, url, about + " Give its new address.")
        case LinkState.DEAD | LinkState.NO_HOST:
            return _finding(
                DEAD_RULE, Severity.B, reference, url, about + " Find the page again, or another source."
            )
        case LinkState.UNSURE:
            return _finding(UNSURE_RULE, Severity.C, reference, url, about)


def _finding(rule: str, severity: Severity, reference: Reference, url: str, message: str) -> Finding:
    return Finding(rule, severity, reference.line, url[:160], message)
