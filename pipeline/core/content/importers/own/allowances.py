"""`<!-- allow spelling: the name of a drug -->`: an author's word that a rule need not apply at a place.

It stands on a line of its own before a block or a heading, or inside the text that it is about. Those of the whole
article stand in the front matter under `allow`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipeline.core.content.article import Allowance, Article, LeftOut, Reading
from pipeline.core.content.importers.front_matter.strict import Fields
from pipeline.core.content.inlines import tidy_text
from pipeline.core.content.places import Thing, places
from pipeline.core.errors import BadInput

MOST = 200  # in one article; who needs more should mend what they silence

_ALLOW = re.compile(r"allow(?![\w-])")
_WHOLE = re.compile(r"allow\s+([\w.-]+)\s*:\s*(\S.*)", re.DOTALL)
_RULE = re.compile(r"[\w.-]+")


def not_of_ours(reading: Reading) -> Reading:
    """A reading of somebody else's page, though it is in our form: what its author allows silences nothing here."""
    left = tuple(
        LeftOut(
            a.line, f"{a.rule}: {a.reason}"[:160], "an allowance on a page of somebody else silences nothing"
        )
        for a in reading.article.allowances
    )
    return replace(
        reading, article=replace(reading.article, allowances=()), left_out=(*reading.left_out, *left)
    )


@dataclass(slots=True)
class Allowances:
    """Collects them while one file is read: `waiting` ones belong to whatever block or heading comes next."""

    name: str
    waiting: list[Allowance] = field(default_factory=list)
    _placed: dict[int | str, tuple[Thing | str, list[Allowance]]] = field(default_factory=dict)
    _count: int = 0

    def notice(self, comment: str, line: int) -> bool:
        """Whether a comment is one. Raises `BadInput` for one without a rule or a reason."""
        if not _ALLOW.match(comment):
            return False
        match = _WHOLE.fullmatch(comment)
        if match is None:
            raise BadInput(
                "An allowance names a rule and says why: `<!-- allow spelling: the name of a drug -->`. Give the "
                "reason, which the reviewer sees; a comment that is none begins with another word than 'allow'.",
                place=self.name,
                line=line,
            )
        self.waiting.append(Allowance(match.group(1), tidy_text(match.group(2)), "", line))
        self._count_one(line)
        return True

    def take(self) -> list[Allowance]:
        """Those that stood before the block that is read next."""
        taken, self.waiting = self.waiting, []
        return taken

    def place(self, thing: Thing | str | None, before: Iterable[Allowance] = ()) -> None:
        """Give `before` and what waits to a block, or to the heading with the id `thing`; None leaves them waiting."""
        self.waiting = [*before, *self.waiting]
        if thing is not None and self.waiting:
            self._placed.setdefault(_key(thing), (thing, []))[1].extend(self.take())

    def move(self, thing: Thing, to: Thing) -> None:
        """What was given to the first paragraph of an entry is the entry's."""
        if held := self._placed.pop(_key(thing), None):
            self._placed[_key(to)] = (to, held[1])

    def nothing_follows(self) -> None:
        """Raises `BadInput` where an allowance waits at the end of what it stands in."""
        if self.waiting:
            raise self._misplaced(self.waiting[0])

    def resolved(self, article: Article, fields: Fields) -> tuple[Allowance, ...]:
        """All of the file: those of the front matter first, then in reading order."""
        self.nothing_follows()
        body: list[Allowance] = []
        for place in places(article):
            key = place.at if "/" not in place.at else _key(place.thing)
            _, held = self._placed.pop(key, (None, ()))
            body += [replace(allowance, at=place.at) for allowance in held]
        for _, lost in self._placed.values():
            raise self._misplaced(lost[0])
        return (*self._of_whole(fields), *body)

    def _of_whole(self, fields: Fields) -> Iterable[Allowance]:
        for row in fields.rows("allow"):
            self._count_one(row.line)
            row.only(frozenset({"rule", "reason"}), "An allowance")
            rule = row.needed("rule", "An allowance")
            if not _RULE.fullmatch(rule):
                raise BadInput(
                    f"'{rule[:60]}' is not the name of a rule. `rounds lint --rules` lists them.",
                    place=row.place,
                    line=row.line_of("rule"),
                )
            yield Allowance(rule, row.needed("reason", "An allowance"), "", row.line)

    def _count_one(self, line: int) -> None:
        self._count += 1
        if self._count > MOST:
            raise BadInput(
                f"The article has more than {MOST} allowances. Mend what they silence.",
                place=self.name,
                line=line,
            )

    def _misplaced(self, allowance: Allowance) -> BadInput:
        return BadInput(
            f"No block follows this allowance of '{allowance.rule[:60]}'. Put it on the line before a paragraph, a "
            "list, a table, a callout or a heading of the article, or at the end of the text that it is about.",
            place=self.name,
            line=allowance.line,
        )


def _key(thing: Thing | str) -> int | str:
    """Which of two equal blocks is meant; a heading goes by its id."""
    return thing if isinstance(thing, str) else id(thing)
