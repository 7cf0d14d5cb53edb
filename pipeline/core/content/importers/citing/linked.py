"""Links as citations: one to the address of a reference cites it; where an article has no list its links make one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.core.content.article import (
    Article,
    Block,
    Callout,
    Cite,
    Finding,
    Inline,
    Inlines,
    Listing,
    Paragraph,
    Reference,
    Run,
    Severity,
    Table,
)
from pipeline.core.content.importers.citing.found import NUMBERS
from pipeline.core.content.inlines import tidy
from pipeline.core.content.links import link_fault
from pipeline.core.content.over_texts import over_texts
from pipeline.core.content.references import identifiers
from pipeline.core.content.references.facts import doi_address, facts, pubmed_address
from pipeline.core.content.slug import Slugs

PROPOSED_RULE = "proposed-reference"

_ONLY_MARK = re.compile(
    rf"\s*[\[(]?\s*(?:(?:source|ref(?:erence)?)\.?\s?)?(?:{NUMBERS})?\s*(?:trusted source)?\s*[\])]?\s*",
    re.IGNORECASE,
)
# Pages that a reader is sent to and that no statement rests on.
_NO_SOURCE = re.compile(
    r"/(?:contact|about|privacy|terms|cookies?|login|sign-?in|sign-?up|subscribe|donate|book|appointments?|shop|cart)(?:/|$)",
    re.IGNORECASE,
)
_MOST = 60  # references that the links of one article make
_QUOTE = 160


def addresses(references: Sequence[Reference]) -> Mapping[str, str]:
    """The id of the first reference at each address, DOI or PubMed number, as a link would spell it."""
    found: dict[str, str] = {}
    for reference in references:
        known = facts(reference)
        for url in (
            known.url,
            doi_address(known.doi) if known.doi else None,
            pubmed_address(known.pmid) if known.pmid else None,
        ):
            if url:
                found.setdefault(identifiers.address_key(url), reference.id)
    return found


def cited(parts: Inlines, by_address: Mapping[str, str]) -> Iterator[Inline]:
    """The same words with a citation after each link to the address of a reference, unless one stands there. A link
    whose words are a mark, such as `source` or `[2]`, goes with the brackets around it, and the citation is in its
    place."""
    return _unbracketed(tuple(_cited(parts, by_address)))


def _unbracketed(parts: Inlines) -> Iterator[Inline]:
    """`rare ([2], [3]).` as `rare [2][3].`: a citation brings brackets of its own."""
    out = list(parts)
    for at, part in enumerate(out):
        if not (isinstance(part, Run) and not part.href and part.text.rstrip().endswith("(")):
            continue
        end = at + 1
        while end < len(out) and (isinstance(out[end], Cite) or _is_between(out[end])):
            end += 1
        after = out[end] if end < len(out) else None
        if not any(isinstance(one, Cite) for one in out[at + 1 : end]):
            continue
        if isinstance(after, Run) and not after.href and after.text.lstrip().startswith(")"):
            out[at] = replace(part, text=part.text.rstrip()[:-1])
            out[end] = replace(after, text=after.text.lstrip()[1:])
            out[at + 1 : end] = [one if isinstance(one, Cite) else Run("") for one in out[at + 1 : end]]
    return (part for part in out if not isinstance(part, Run) or part.text)


def _is_between(part: Inline) -> bool:
    return isinstance(part, Run) and not part.href and not part.text.strip(" ,;\u00a0\n")


def _cited(parts: Inlines, by_address: Mapping[str, str]) -> Iterator[Inline]:
    for at, part in enumerate(parts):
        ref = (
            by_address.get(identifiers.address_key(part.href))
            if isinstance(part, Run) and part.href
            else None
        )
        if ref is None or not isinstance(part, Run):
            yield part
            continue
        if not (part.text.strip() and _ONLY_MARK.fullmatch(part.text)):
            yield part
        after = parts[at + 1 : at + 3]
        same_link = bool(after) and isinstance(after[0], Run) and after[0].href == part.href
        if not same_link and not any(isinstance(near, Cite) and ref in near.refs for near in after):
            yield Cite((ref,))


def propose(article: Article, *, host: str = "") -> tuple[Article, tuple[Finding, ...]]:
    """The article with a reference for each page that it links to, cited after the link, where it lists none itself.
    Pages of `host`, its own site, are none.

    The links stay. Every such reference is a finding: an editor says which are sources, and what they are.
    """
    if article.references:
        return article, ()
    links = _Links(host.removeprefix("www."))
    for blocks in _parts(article):
        links.over(blocks)
    if not links.references:
        return article, ()
    by_address = addresses(links.references)
    findings = tuple(
        Finding(
            PROPOSED_RULE,
            Severity.B,
            reference.line,
            f"{reference.text} {reference.url}"[:_QUOTE],
            f"The page has no list of references. Its link to {identifiers.host_of(reference.url or '')} is "
            f"proposed as reference {reference.number}. Keep it and say what it is, or take it out with its "
            "citation.",
        )
        for reference in links.references
    )

    def citing(blocks: Sequence[Block]) -> tuple[Block, ...]:
        return over_texts(blocks, lambda text, line: tidy(cited(text, by_address)), boxes=False)

    return (
        replace(
            article,
            references=tuple(links.references),
            sections=tuple(replace(s, blocks=citing(s.blocks)) for s in article.sections),
            faq=tuple(replace(q, answer=citing(q.answer)) for q in article.faq),
        ),
        findings,
    )


def _parts(article: Article) -> Iterator[tuple[Block, ...]]:
    parts = [(s.line, s.blocks) for s in article.sections] + [(q.line, q.answer) for q in article.faq]
    yield from (blocks for _, blocks in sorted(parts, key=lambda part: part[0]))


@dataclass(slots=True)
class _Links:
    """Goes over the links of an article in order and makes a reference of each new page."""

    host: str
    references: list[Reference] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _slugs: Slugs = field(default_factory=Slugs)

    def over(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            match block:
                case Paragraph():
                    self._text(block.text, block.line)
                case Listing():
                    for item in block.items:
                        self._text(item.text, item.line)
                        self.over(item.blocks)
                case Callout():
                    pass  # a box says where to go, and rests on nothing
                case Table():
                    for cell in (cell for row in (block.header, *block.rows) for cell in row):
                        self._text(cell, block.line)

    def _text(self, text: Inlines, line: int) -> None:
        for part in text:
            if isinstance(part, Run) and part.href and _may_be_source(part.href):
                self._add(part, part.href, line)

    def _add(self, part: Run, url: str, line: int) -> None:
        key = identifiers.address_key(url)
        host = identifiers.host_of(url)
        if key in self._seen or host == self.host or len(self.references) >= _MOST:
            return
        self._seen.add(key)
        words = part.text.strip()
        text = f"{words}. {host}" if words and not _ONLY_MARK.fullmatch(words) else host
        self.references.append(
            Reference(
                self._slugs.make(f"{host.split('.')[0]} {words}"[:40]),
                len(self.references) + 1,
                text,
                url,
                line,
            )
        )


def _may_be_source(url: str) -> bool:
    return url.startswith("https://") and link_fault(url) is None and not _NO_SOURCE.search(url)
