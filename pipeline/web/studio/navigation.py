"""The places of the studio that its masthead names. A member sees those that they may open."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pipeline.core.people.powers import Power
from pipeline.core.people.proposal import FOUR_EYES

FIRST = "/studio/"  # every other path begins with it too


@dataclass(frozen=True, slots=True)
class Place:
    """`needs`: one of these powers; none: any member."""

    name: str
    path: str
    needs: frozenset[Power] = frozenset()

    def holds(self, path: str) -> bool:
        """Whether a page is here, or below."""
        return path == self.path or (self.path != FIRST and path.startswith(self.path))


@dataclass(frozen=True, slots=True)
class Group:
    """Places under one link of the masthead, which leads to the first of them. Its pages name all in a line below."""

    name: str
    places: tuple[Place, ...]

    @property
    def path(self) -> str:
        """Of its first place."""
        return self.places[0].path

    def holds(self, path: str) -> bool:
        """Whether a page is at one of them."""
        return any(place.holds(path) for place in self.places)


_PEOPLE = frozenset({Power.SEE_SUBSCRIBER})

PLACES: tuple[Place | Group, ...] = (
    Place("Overview", FIRST),
    Group(
        "Content",
        (
            Place("Articles", "/studio/articles/"),
            Place("Import", "/studio/import/", frozenset({Power.EDIT_SERIES})),
            Place("Feeds", "/studio/feeds/"),
            Place("Corrections", "/studio/corrections/"),
        ),
    ),
    Place("Lists", "/studio/lists/"),
    Group(
        "Consent",
        (
            Place("People", "/studio/people/", _PEOPLE),
            Place("Requests", "/studio/requests/", _PEOPLE),
            Place("Held sign-ups", "/studio/held/", _PEOPLE),
            Place("Ending yeses", "/studio/renewals/", _PEOPLE),
            Place("Suppressions", "/studio/suppressions/", _PEOPLE),
            Place("Notices", "/studio/notices/"),
        ),
    ),
    Place("Approvals", "/studio/approvals/", frozenset(FOUR_EYES.values())),
    Group(
        "Team",
        (
            Place("Members", "/studio/members/", frozenset({Power.MANAGE_MEMBERS})),
            Place("Audit log", "/studio/audit/", frozenset({Power.SEE_AUDIT})),
        ),
    ),
)


def places(powers: Collection[Power]) -> list[Place | Group]:
    """Those that a member with these powers may open, in their order. A group of one is that one."""
    found: list[Place | Group] = []
    for place in PLACES:
        if isinstance(place, Place):
            found += _open([place], powers)
        elif inside := _open(place.places, powers):
            found.append(Group(place.name, tuple(inside)) if len(inside) > 1 else inside[0])
    return found


def beside(places: Iterable[Place | Group], path: str) -> Group | None:
    """The group in which a page is, None for one that stands alone."""
    return next((place for place in places if isinstance(place, Group) and place.holds(path)), None)


def _open(places: Iterable[Place], powers: Collection[Power]) -> list[Place]:
    return [place for place in places if not place.needs or place.needs & set(powers)]
