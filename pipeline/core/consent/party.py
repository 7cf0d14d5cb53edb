"""Who has to do with people's details: the controller, those who work for it, and the authority over it.

In the words of ISO/IEC TS 27560 and the Data Privacy Vocabulary (standards 2.7). They stand in `content/parties.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.core import toml
from pipeline.core.consent.facts import Facts
from pipeline.core.errors import BadInput

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_WANTED = ("role", "name", "address")
_MAY = ("email", "url", "phone", "company_number")
NONE = "none"  # what a placeholder is filled with that has nothing to say


class Role(StrEnum):
    CONTROLLER = "controller"  # decides what the details are used for
    PROCESSOR = "processor"  # works on its instructions
    AUTHORITY = "authority"  # where one complains


@dataclass(frozen=True, slots=True)
class Party:
    """`version` counts its particulars as they were published, and is 0 before that."""

    id: str
    role: Role
    name: str
    address: str
    email: str = ""
    url: str = ""
    phone: str = ""
    company_number: str = ""
    version: int = 0

    @property
    def identity(self) -> tuple[str, str]:
        """Who it is, as the law sees it: another name or number is somebody else; another telephone is not."""
        return self.name, self.company_number

    @property
    def particulars(self) -> Party:
        """All but the version."""
        return replace(self, version=0)


def load_parties(source: str, fillings: Mapping[str, str], *, place: str = "") -> dict[str, Party]:
    """By their ids, which are the names of the tables. `fillings` are the values of `{controller_name}` and its like.

    Raises BadInput that names the file and the key.
    """
    data = toml.parsed(place, source)
    return {name: _party(name, table, fillings, place) for name, table in data.items()}


def _party(name: str, table: object, fillings: Mapping[str, str], place: str) -> Party:
    if not _ID.fullmatch(name):
        raise BadInput(
            f"[{name}] may have small letters, digits, - and _ only, at most 60: it is the party's id.",
            place=place,
        )
    facts = Facts(table, name, _WANTED, may=_MAY, place=place)
    return Party(
        id=name,
        role=Role(facts.one_of("role", [role.value for role in Role])),
        name=_filled(facts, "name", fillings),
        address=_filled(facts, "address", fillings),
        email=_filled(facts, "email", fillings),
        url=_filled(facts, "url", fillings),
        phone=_filled(facts, "phone", fillings),
        company_number=_filled(facts, "company_number", fillings),
    )


def _filled(facts: Facts, key: str, fillings: Mapping[str, str]) -> str:
    text = facts.text(key, may_be_empty=key in _MAY)
    for found in re.findall(r"\{([^{}]*)\}", text):
        if found not in fillings:
            known = ", ".join(f"{{{n}}}" for n in sorted(fillings)) or "none"
            raise facts.bad(key, f"has the placeholder {{{found}}}, and no setting fills it. Known: {known}")
        text = text.replace(f"{{{found}}}", fillings[found])
    return "" if text == NONE else text
