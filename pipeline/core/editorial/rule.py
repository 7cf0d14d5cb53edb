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
    holds that the one is flagged and the other is not. `reads` are the languages whose words it knows, as primary
    codes; it is not asked of articles in others, and whoever asks is told so. Empty stands for every language.
    """

    card: Card
    wrong: str
    right: str
    check: Callable[[View], Iterable[Hit]]
    reads: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.card.id

    def is_asked_in(self, language: str) -> bool:
        """`language` is a primary code: `en`."""
        return not self.reads or language in self.reads

    def findings(self, view: View) -> Iterator[Finding]:
        if not self.is_asked_in(view.language):
            return
        for hit in self.check(view):
            yield Finding(self.card.id, self.card.severity, hit.line, hit.quote[:_QUOTE], hit.message)
