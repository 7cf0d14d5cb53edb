"""What the reader of an article from elsewhere found stays bound to the article until it is mended or allowed.

The rules look at an article anew each time; a reader saw its source once. An edit makes another revision from a file of
our own, whose reader knows nothing of that source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.core.content.article import Article, Finding, Severity
from pipeline.core.content.found_on_import import TAKE_OUT, as_noted, still_noted, without_notes
from pipeline.core.content.importers import read
from pipeline.core.content.importers.outline import SUGGESTED
from pipeline.core.content.markdown_writer import write
from pipeline.core.editorial.allowances import UNUSED, heed
from pipeline.core.editorial.cards import allowances, pictures, series
from pipeline.core.editorial.rules import RULES
from pipeline.core.editorial.view import View

_RULES = frozenset([*(rule.id for rule in RULES), SUGGESTED])  # a suggestion says so in a file of our own
_LOOKED_AT_ANEW = _RULES | frozenset(
    [card.id for cards in (pictures.CARDS, series.CARDS, allowances.CARDS) for card in cards]
)
_UNTIL = (
    " It was found when the article came, and stands until its words are mended, or allowed with a reason."
)
_LEAST = 4  # characters of a quote whose absence says that its words were mended


def of_readers(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that no rule makes: whoever wants these asks the rules, which may have been mended themselves since."""
    return tuple(finding for finding in findings if finding.rule not in _RULES)


def asked_once(article: Article, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that block, and that the article written as a file of our own would not show again."""
    found = [f for f in findings if f.severity in (Severity.A, Severity.B) and f.rule not in _LOOKED_AT_ANEW]
    if not found:
        return ()
    own = without_notes(article)
    again = {as_noted(f) for f in read(f"{own.slug}.md", write(own).encode()).findings}
    return tuple(f for f in found if as_noted(f) not in again)


def carried(before: Article, findings: Iterable[Finding], now: Article) -> tuple[Finding, ...]:
    """Of the findings of the revision before, those that this one still has: the words that it quotes are there, or
    were never among ours, and no note says so by itself. One that the article allows has the reason with it.
    """
    left = asked_once(before, findings)
    if not left:
        return ()
    noted = {
        (f.severity, *as_noted(f)) for f in still_noted(now)
    }  # as grave: `A` made `B` is a note of its own
    was, words = _words(before), _words(now)
    places = [(_plain(text), line) for text, line in View(now).texts]
    return heed(now, _still(left, noted, was, words, places))


def _still(
    left: Iterable[Finding],
    noted: set[tuple[Severity, str, str]],
    was: str,
    now: str,
    places: list[tuple[str, int]],
) -> Iterator[Finding]:
    for finding in left:
        quote = _plain(finding.quote.rstrip("…"))
        mended = len(quote) >= _LEAST and quote in was and quote not in now
        if mended or (finding.severity, *as_noted(finding)) in noted:
            continue
        line = next((line for text, line in places if len(quote) >= _LEAST and quote in text), 0)
        message = finding.message.removesuffix(TAKE_OUT).removesuffix(_UNTIL) + _UNTIL
        yield replace(finding, line=line, message=message, allowed="")


def without_idle(findings: Iterable[Finding], needed: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, without the warning that an allowance which `needed` rest on allows nothing."""
    rules = tuple(f"{finding.rule}: " for finding in needed if finding.allowed)
    return tuple(f for f in findings if not (f.rule == UNUSED and f.quote.startswith(rules)))


def _words(article: Article) -> str:
    """As people read it, and as it is written: a reader quotes either."""
    texts = " ".join(text for text, _ in View(article).texts)
    return _plain(f"{texts} {write(without_notes(article))}")


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
