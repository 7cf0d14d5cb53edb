"""Where an article says when and where to get help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.core.content.article import Article, Block, Callout, Listing, Section, SectionKind, Urgency


def callouts(blocks: Iterable[Block]) -> Iterator[Callout]:
    """Every callout under `blocks`, at any depth; one inside another comes with it."""
    for block in blocks:
        if isinstance(block, Callout):
            yield block
        elif isinstance(block, Listing):
            for item in block.items:
                yield from callouts(item.blocks)


def says_urgent(section: Section) -> bool:
    """Whether a section tells when or where to get help."""
    if section.kind is SectionKind.HELP:
        return True
    return any(callout.urgency is not Urgency.NOTE for callout in callouts(section.blocks))


def where_to_get_help(article: Article) -> tuple[Callout, ...]:
    """Where to get help, for an issue whose own sections do not say: the help section's callouts or, without any,
    its words in a callout; else the article's urgent callouts; else those that say to act soon."""
    own = [section for section in article.sections if section.kind is SectionKind.HELP]
    calls = tuple(c for section in own for c in callouts(section.blocks) if c.urgency is not Urgency.NOTE)
    if calls:
        return calls
    if told := tuple(Callout(Urgency.SOON, s.heading, s.blocks, s.line) for s in own if s.blocks):
        return told
    everywhere = [block for section in article.sections for block in section.blocks]
    everywhere += [block for question in article.faq for block in question.answer]
    for urgency in (Urgency.URGENT, Urgency.SOON):
        if found := tuple(c for c in callouts(everywhere) if c.urgency is urgency):
            return found
    return ()
