"""What a rule is: how it is called, how bad a breach is, why it matters, how to mend it, and the check itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pipeline.core.content.article import Finding, Severity
from pipeline.core.editorial.view import View

_QUOTE = 160  # characters


@dataclass(frozen=True, slots=True)
class Hit:
    """One breach. `line` is 0 where the article as a whole is meant."""

    line: int
    quote: str
    message: str


@dataclass(frozen=True, slots=True)
class Card:
    """What a person is told of a rule. `what` names it in a sentence without its end, for a table.

    `severity` is the gravest that it gives; `but` says where it gives a milder one.
    """

    id: str
    severity: Severity
    what: str
    why: str
    mend: str
    but: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A card with a check, which flags and never rewrites.

    `wrong` and `right` are Markdown: what it flags, and the same put right. They stand in docs/writing.md, and a test
    holds that the one is flagged and the other is not. `english` marks a rule that reads English words; it is not
    asked of articles in other languages.
    """

    card: Card
    wrong: str
    right: str
    check: Callable[[View], Iterable[Hit]]
    english: bool = False

    @property
    def id(self) -> str:
        return self.card.id

    def findings(self, view: View) -> Iterator[Finding]:
        if self.english and not view.english:
            return
        for hit in self.check(view):
            yield Finding(self.card.id, self.card.severity, hit.line, hit.quote[:_QUOTE], hit.message)
