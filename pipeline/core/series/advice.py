"""Where an article says when and where to get help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipeline.core.content.article import (
    Article,
    Block,
    Callout,
    Listing,
    Question,
    Section,
    SectionKind,
    Urgency,
)
from pipeline.core.editorial.help_words import sends_for_help, sends_for_urgent_help
from pipeline.core.editorial.prose import sentences_in

_CONCERNED = (SectionKind.SYMPTOMS, SectionKind.MANAGEMENT)  # what urgent advice is about
_WEIGHT = {Urgency.NOTE: 0, Urgency.SOON: 1, Urgency.URGENT: 2}


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
    return section.kind is SectionKind.HELP or says_urgent_anywhere(section.blocks)


def urges(section: Section, language: str) -> bool:
    """Whether a section tells when or where to get help, or its text alone sends the reader for help now."""
    return says_urgent(section) or any(
        sends_for_urgent_help(sentence.lower, language) for sentence in sentences_in(section.blocks)
    )


def help_in_text(article: Article) -> int | None:
    """The line of the first sentence of the text that sends readers for help; None where none does."""
    groups = [s.blocks for s in article.sections] + [q.answer for q in article.faq]
    said = (sentence for blocks in groups for sentence in sentences_in(blocks))
    return next((s.line for s in said if sends_for_help(s.lower, article.language)), None)


def says_urgent_anywhere(blocks: Iterable[Block]) -> bool:
    """Whether a box under `blocks` tells when to get help."""
    return any(callout.urgency is not Urgency.NOTE for callout in callouts(blocks))


def own_blocks(sections: Iterable[Section], questions: Iterable[Question]) -> tuple[Block, ...]:
    """All blocks that an issue has in their own place."""
    said = [block for section in sections for block in section.blocks]
    return (*said, *(block for question in questions for block in question.answer))


def says(callout: Callout, sections: Sequence[Section], questions: Sequence[Question]) -> bool:
    """Whether the words of `callout` stand here in their own place, in a box or as a section."""
    as_section = any(s.blocks == callout.blocks and s.heading == callout.title for s in sections)
    return as_section or callout in callouts(own_blocks(sections, questions))


def repeated(
    help_: tuple[Callout, ...], sections: Sequence[Section], questions: Sequence[Question], *, first: bool
) -> tuple[Callout, ...]:
    """What an issue repeats, word for word, of `help_`: all of it where the issue has no advice of its own; where it is
    the first, or tells of symptoms or management, what is more urgent than its own."""
    new = tuple(callout for callout in help_ if not says(callout, sections, questions))
    own = own_blocks(sections, questions)
    if not says_urgent_anywhere(own):
        return () if any(map(says_urgent, sections)) else new
    if not first and not any(section.kind in _CONCERNED for section in sections):
        return ()
    most = max(_WEIGHT[callout.urgency] for callout in callouts(own))
    return tuple(callout for callout in new if _WEIGHT[callout.urgency] > most)


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
