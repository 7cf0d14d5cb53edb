"""What a rule is: how it is called, how bad a breach is, why it matters, how to mend it, and the check itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.core.content.article import Finding, Severity
from pipeline.core.editorial.view import View

_QUOTE = 160  # characters


@dataclass(frozen=True, slots=True)
class Hit:
    """One breach. `line` is 0 where the article as a whole is meant. `near` is a narrower quote, for where two on one
    line have the same."""

    line: int
    quote: str
    message: str
    near: str = ""


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
        for hit in _told_apart(self.check(view)):
            yield Finding(self.card.id, self.card.severity, hit.line, hit.quote[:_QUOTE], hit.message)


def _told_apart(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Each with a quote of its own; the very same words are told of once a line."""
    hits = list(hits)
    often = Counter((hit.line, hit.quote) for hit in hits)
    told: set[tuple[int, str, str]] = set()
    for hit in hits:
        if often[hit.line, hit.quote] > 1 and hit.near:
            hit = replace(hit, quote=hit.near)
        key = hit.line, hit.quote, hit.message
        if key not in told:
            told.add(key)
            yield hit
