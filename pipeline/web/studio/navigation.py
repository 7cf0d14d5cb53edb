"""The places of the studio that its masthead names. A member sees those that they may open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pipeline.core.people.powers import Power
from pipeline.core.people.proposal import FOUR_EYES


@dataclass(frozen=True, slots=True)
class Place:
    """`needs`: one of these powers; none: any member."""

    name: str
    path: str
    needs: frozenset[Power] = frozenset()


PLACES = (
    Place("Overview", "/studio/"),
    Place("Lists", "/studio/lists/"),
    Place("People", "/studio/people/", frozenset({Power.SEE_SUBSCRIBER})),
    Place("Requests", "/studio/requests/", frozenset({Power.SEE_SUBSCRIBER})),
    Place("Suppressions", "/studio/suppressions/", frozenset({Power.SEE_SUBSCRIBER})),
    Place("Notices", "/studio/notices/"),
    Place("Approvals", "/studio/approvals/", frozenset(FOUR_EYES.values())),
    Place("Members", "/studio/members/", frozenset({Power.MANAGE_MEMBERS})),
    Place("Audit log", "/studio/audit/", frozenset({Power.SEE_AUDIT})),
)


def places(powers: Collection[Power]) -> list[Place]:
    """Those that a member with these powers may open, in their order."""
    return [place for place in PLACES if not place.needs or place.needs & set(powers)]
